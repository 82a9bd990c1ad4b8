using Lathe.Ir;
using Lathe.Ir.Algebra;

namespace Lathe.Passes;

/// <summary>A value that is normalized, and the directions in which it is kept: its rows, as coordinates along them.</summary>
/// <param name="Sum">The value.</param>
/// <param name="Norms">What normalizes it.</param>
/// <param name="Terms">What it is the sum of, in order; itself alone where it is no sum.</param>
/// <param name="Inside">Steps that nothing else needs: sums of sums, and what makes the terms.</param>
internal sealed record StreamPoint(Value Sum, Seq<Normalization> Norms, Seq<Value> Terms, IReadOnlySet<Node> Inside)
{
    public bool IsCentred => Norms[0].IsCentred;

    /// <summary>D.</summary>
    public int Full => (int)Sum.Type.Shape[^1].Whole;

    /// <summary>Rows of length D, orthogonal, as many as are kept; what the mean is taken off of is orthogonal to ones.</summary>
    public double[] Directions { get; init; } = [];

    public int Kept => Directions.Length / Full;

    /// <summary>The share of the mean square of normalized rows that lies along them.</summary>
    public double Share { get; init; }

    /// <summary>E[n] of normalized rows, and of the value itself, its mean taken off where that is what is done.</summary>
    public double[] NormalMean { get; init; } = [];
    public double[] Mean { get; init; } = [];

    /// <summary>What rows are multiplied by to become coordinates, D × kept: where the mean is taken off, directions along which nothing was seen may not be orthogonal to it.</summary>
    public double[] Across
    {
        get
        {
            var across = Matrices.Turned(Directions, Kept, Full);
            for (var c = 0; IsCentred && c < Kept; c++)
            {
                var mean = 0.0;
                for (var i = 0; i < Full; i++) mean += across[i * Kept + c] / Full;
                for (var i = 0; i < Full; i++) across[i * Kept + c] -= mean;
            }
            return across;
        }
    }

    /// <summary>Whether a change of coordinates leaves them what they are; one that is 0 of every value, as that along ones where means are taken off, may be anything.</summary>
    /// <param name="turn">From other coordinates to these, row by row.</param>
    public bool Keeps(double[] turn)
    {
        var (size, across) = (Kept, Across);
        if (turn.Length != size * size) return false;
        for (var i = 0; i < turn.Length; i++)
            if (Math.Abs(turn[i] - (i / size == i % size ? 1 : 0)) > 1e-7 && !(i / size == i % size && IsNothing(i % size))) return false;
        return true;

        bool IsNothing(int column) => Enumerable.Range(0, across.Length / size).All(r => Math.Abs(across[r * size + column]) < 1e-12);
    }

    /// <summary>What a vector has in other directions.</summary>
    public double[] Rest(double[] vector)
    {
        var (rest, along) = ((double[])vector.Clone(), Matrices.Product(Directions, vector, Kept, Full, 1));
        for (var r = 0; r < Kept; r++) for (var c = 0; c < Full; c++) rest[c] -= along[r] * Directions[r * Full + c];
        return rest;
    }

    /// <summary>The share of a mean square that lies along the directions.</summary>
    /// <param name="square">E[n·nᵀ].</param>
    public double ShareOf(double[] square)
    {
        var (whole, along, turned) = (0.0, 0.0, Matrices.Product(Directions, square, Kept, Full, Full));
        for (var i = 0; i < Full; i++) whole += square[(long)i * Full + i];
        for (var i = 0L; i < turned.LongLength; i++) along += turned[i] * Directions[i];
        return whole > 0 ? along / whole : 1;
    }

    /// <summary>With the directions of greatest mean square.</summary>
    /// <param name="square">E[n·nᵀ] of normalized rows.</param>
    /// <param name="mean">Of the value.</param>
    public StreamPoint Along(SymmetricEigen basis, int kept, double[] square, double[] normalMean, double[] mean)
    {
        var (chosen, centre) = (this with { Directions = basis.Vectors[..(kept * Full)] }, IsCentred ? mean.Average() : 0);
        return chosen with { Share = chosen.ShareOf(square), NormalMean = normalMean, Mean = [.. mean.Select(m => m - centre)] };
    }
}
