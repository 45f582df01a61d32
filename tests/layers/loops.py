"""Convolution by its definition, for the tests of layers."""


def convolved(x, kernel, stride=1):
    """'Valid' correlation in loops: [B, H, W, C] and [k, k, C, F]."""
    size = kernel.shape[0]
    rows, columns = x.shape[1] - size + 1, x.shape[2] - size + 1
    out = sum(x[:, i : i + rows, j : j + columns] @ kernel[i, j] for i in range(size) for j in range(size))
    return out[:, ::stride, ::stride]
