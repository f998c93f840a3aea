namespace ImageRights.Matching.Index;

/// <summary>Systems of linear equations as least squares make them.</summary>
internal static class NormalEquations
{
    private const double LeastPivot = 1e-6;

    /// <summary>Solves them by Gauss and Jordan; what stood in the columns behind the unknowns' becomes the solutions. False when there is not one.</summary>
    /// <param name="normal">A row for each equation: the unknowns' factors, then one right side or more.</param>
    public static bool Solve(double[,] normal, int unknowns)
    {
        var columns = normal.GetLength(1);
        for (var column = 0; column < unknowns; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < unknowns; row++)
            {
                if (Math.Abs(normal[row, column]) > Math.Abs(normal[pivot, column])) pivot = row;
            }
            if (Math.Abs(normal[pivot, column]) < LeastPivot) return false;
            for (var at = column; at < columns; at++) (normal[column, at], normal[pivot, at]) = (normal[pivot, at], normal[column, at]);
            for (var row = 0; row < unknowns; row++)
            {
                if (row == column) continue;
                var factor = normal[row, column] / normal[column, column];
                for (var at = column; at < columns; at++) normal[row, at] -= factor * normal[column, at];
            }
        }
        for (var row = 0; row < unknowns; row++)
        {
            for (var at = unknowns; at < columns; at++) normal[row, at] /= normal[row, row];
        }
        return true;
    }
}
