namespace Lathe.Onnx;

/// <summary>One of the layers that every expert of MoE and QMoE has: x·Wᵀ + b, the weights of all experts in one tensor.</summary>
/// <param name="weights">[experts, rows, columns], columns in QMoE packed.</param>
/// <param name="bias">[experts, rows]; empty where there is none.</param>
internal abstract class ExpertLayer(RaiseScope scope, Chain chain, string weights, string bias)
{
    protected RaiseScope Scope => scope;
    protected Chain Chain => chain;
    protected string Weights => weights;

    /// <summary>[experts, rows, columns]</summary>
    protected Seq<long> Shape { get; } = scope.Type(weights) is { Rank: 3, IsStatic: true } type ? [.. type.Shape.Select(e => e.Whole)]
        : throw new TypeException($"experts' weights must be [experts, rows, columns], known when compiling, they are {scope.Type(weights)}");

    public long Experts => Shape[0];

    /// <summary>Numbers that a row of x has.</summary>
    public abstract long Columns { get; }

    /// <summary>What an expert makes of rows.</summary>
    public string Times(string rows, long expert)
    {
        var product = chain.Add("MatMul", [rows, chain.Add("Transpose", [Matrix(expert)], ("perm", (Seq<long>)[1, 0]))]);
        return bias == "" ? product : chain.Add("Add", [product, Of(bias, expert)]);
    }

    /// <summary>An expert's weights, [rows, columns].</summary>
    protected abstract string Matrix(long expert);

    /// <summary>An expert's slice of a tensor over experts. A weight's shares its memory: no model's experts are held twice.</summary>
    protected string Of(string all, long expert)
    {
        var type = scope.Type(all);
        if (type.Rank == 0 || type.Shape[0] != (Expr)Experts) throw new TypeException($"there are {Experts} experts, {all} is {type}");
        return scope.IsWeight(all) ? scope.Part(all, type.Scalar, [.. type.Shape.Skip(1).Select(e => e.Whole)], expert) : chain.Add("Gather", [all, chain.Number(Scalar.I64, expert)]);
    }
}
