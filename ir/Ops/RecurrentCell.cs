namespace Lathe.Ir.Ops;

/// <summary>What one step of a recurrent operator works with: one direction, one sequence, one place in time.</summary>
public sealed class RecurrentCell
{
    private readonly Operands x;
    private readonly int direction;
    private readonly int gates;
    private readonly float? clip;
    private readonly Activation[] functions;
    private readonly Func<Seq<Expr>, Expr> input;

    /// <param name="x">Operands of the operator.</param>
    /// <param name="direction">Which of the directions.</param>
    /// <param name="hidden">Numbers of the state.</param>
    /// <param name="gates">Gates that the weights hold.</param>
    /// <param name="states">The vectors of the state.</param>
    /// <param name="next">The first vector of the next state.</param>
    /// <param name="clip">Bound of what goes into activations.</param>
    /// <param name="functions">The activations.</param>
    /// <param name="input">The number of the input at a place of the step: its last index, or direction and row of the weights where it is weighted already.</param>
    internal RecurrentCell(Operands x, int direction, Expr hidden, int gates, Seq<Buffer> states, Buffer next, float? clip, Activation[] functions, Func<Seq<Expr>, Expr> input) =>
        (this.x, this.direction, Hidden, this.gates, States, Next, this.clip, this.functions, this.input) = (x, direction, hidden, gates, states, next, clip, functions, input);

    /// <summary>How many numbers the state has.</summary>
    public Expr Hidden { get; }

    /// <summary>The vectors of the state; the first is that of the last step.</summary>
    public Seq<Buffer> States { get; }

    /// <summary>Where the first vector of the next state goes.</summary>
    public Buffer Next { get; }

    /// <summary>A number of a further operand that has one vector for each direction; null where it is absent.</summary>
    public Expr? Further(int operand, Expr place) => x.Has(operand) ? x[operand]([direction, place]) : null;

    /// <summary>A gate's weighted sum of the input, its two biases included; one that is weighted already holds the first.</summary>
    public Expr Input(int gate, Expr i, bool withStateBias = true)
    {
        var sum = x.Has(1) ? Expr.Sum([x.Shape(1)[2]], k => input([k[0]]) * x[1]([direction, Row(gate, i), k[0]])) : input([direction, Row(gate, i)]);
        if (!x.Has(3)) return sum;
        if (x.Has(1)) sum += x[3]([direction, Row(gate, i)]);
        return withStateBias ? sum + StateBias(gate, i) : sum;
    }

    /// <summary>The bias that belongs to a gate's weighted sum of the state.</summary>
    public Expr StateBias(int gate, Expr i) => x.Has(3) ? x[3]([direction, Row(gates + gate, i)]) : Number.Of(Next.Scalar, 0.0);

    /// <summary>A gate's weighted sum of a vector, the state or what became of it.</summary>
    public Expr Weighted(int gate, Expr i, Buffer vector) => Expr.Sum([Hidden], k => vector[k[0]] * x[2]([direction, Row(gate, i), k[0]]));

    /// <summary>Activation number <paramref name="function"/> of the cell, of a number held within the clip.</summary>
    public Expr Activate(int function, Expr number) => functions[function].Of(clip is { } bound ? Expr.Clamp(number, -(double)bound, (double)bound) : number);

    /// <summary>A vector of the cell's own.</summary>
    public Buffer Vector(string name) => new($"{name}.{direction}", Next.Scalar, [Hidden], Space.Arena);

    /// <summary>A number of the cell's own.</summary>
    public Buffer Register(string name) => new($"{name}.{direction}", Next.Scalar, [], Space.Registers);

    /// <summary>For each number of the state.</summary>
    public Stmt Over(Func<Expr, Stmt> body) => Stmts.For("j", Hidden, body);

    private Expr Row(int gate, Expr i) => Linear.Simplify(Hidden * gate + i);
}
