namespace Lathe.Ir;

/// <summary>The numbers that the codes of one group can stand for: a scale and a zero point, or a table of its own.</summary>
public abstract class Grid
{
    /// <summary>What the group stores beside its codes, plane by plane, already rounded to how it is stored.</summary>
    public abstract ReadOnlySpan<float> Parameters { get; }

    /// <summary>What all groups of a tensor share, plane by plane: a table. All grids of one tensor say the same.</summary>
    public virtual ReadOnlySpan<float> Shared => default;

    /// <summary>What all groups share that have one index of an axis across them. Their grids say the same.</summary>
    public virtual ReadOnlySpan<float> Line => default;

    /// <summary>The number that a code stands for, exactly as the formula reads it back.</summary>
    public abstract float this[int code] { get; }

    /// <summary>The code of the number nearest to one.</summary>
    public abstract int Nearest(float number);

    /// <summary>The weighted square of the error when numbers are replaced by their nearest.</summary>
    /// <param name="importance">How much each counts; empty: all alike.</param>
    public double Error(ReadOnlySpan<float> numbers, ReadOnlySpan<float> importance)
    {
        var sum = 0.0;
        for (var i = 0; i < numbers.Length; i++)
        {
            var off = (double)numbers[i] - this[Nearest(numbers[i])];
            sum += importance.IsEmpty ? off * off : off * off * importance[i];
        }
        return sum;
    }
}
