namespace Lathe.Ir;

/// <summary>A structure of which one number says how large it is: a rank, terms, a bond. At its largest there is a product for any weight.</summary>
/// <param name="Rank">That number; without it the text is a pattern that a pass fills in.</param>
/// <param name="Axis">As of <see cref="Factored"/>.</param>
/// <param name="Input">As of <see cref="Factored"/>.</param>
/// <param name="Inner">As of <see cref="Factored"/>.</param>
/// <param name="Remainder">As of <see cref="Factored"/>.</param>
public abstract record Ranked(long? Rank, int Axis, int Input, Encoding? Inner, Encoding? Remainder) : Factored(Axis, Input, Inner, Remainder)
{
    public long? Rank { get; init; } = Rank is null or > 0 ? Rank : throw new TypeException($"a product of rank {Rank} holds nothing: the rank is at least 1");

    /// <summary>The largest rank that adds anything.</summary>
    public abstract long Full(Shape shape);

    /// <summary>The rank, which this weight has room for.</summary>
    protected int Checked(Shape shape)
    {
        var rank = Rank ?? throw new TypeException($"{this} says no rank: {Vocabulary.Word(GetType())} … rank=32 (f16)");
        return Full(shape) is var full && rank <= full ? (int)rank : throw new TypeException($"{this} has a rank of {rank}, {Subject(shape)} has at most {full}");
    }

    /// <summary>What <see cref="Full"/> is said of.</summary>
    protected virtual string Subject(Shape shape) => Sides(shape) is var (outputs, columns) ? $"a matrix of {outputs} outputs by {columns}" : "";
}
