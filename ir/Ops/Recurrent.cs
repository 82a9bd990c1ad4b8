namespace Lathe.Ir.Ops;

/// <summary>An operator that walks along sequences and keeps a state: at every step a cell makes the next state of the input and the last state.</summary>
/// <param name="ActivationAlpha">First parameters of the activations that have one, in order.</param>
/// <param name="ActivationBeta">Second parameters of the activations that have one, in order.</param>
/// <param name="Activations">The functions of the cell, for each direction; the cell's own if empty.</param>
/// <param name="Clip">Bound of what goes into activations; null for none.</param>
/// <param name="Direction">forward, reverse or bidirectional.</param>
/// <param name="HiddenSize">Numbers of the state; those of the weights if 0.</param>
/// <param name="Layout">0: time, then batch; 1: batch, then time.</param>
/// <remarks>
/// Operands: x [T, B, I]; weights [D, gates · H, I] of the input and [D, gates · H, H] of the state; optionally biases [D, 2 · gates · H], lengths [B]
/// and the first state [D, B, H]. Results: the states of all steps [T, D, B, H], 0 beyond a sequence's length; the last state [D, B, H].
/// Without weights of the input x is [T, B, D, gates · H]: each gate's weighted sum of the input already, with the first of its two biases.
/// </remarks>
public abstract record Recurrent(Seq<float> ActivationAlpha, Seq<float> ActivationBeta, Seq<string> Activations, float? Clip, string Direction, long HiddenSize, long Layout) : StatementOp
{
    /// <summary>Gates that the weights hold, one after another.</summary>
    protected abstract int Gates { get; }

    /// <summary>Vectors that make up the state; the first is the one that the results hold at every step.</summary>
    protected virtual int States => 1;

    /// <summary>The functions of the cell where none are named.</summary>
    protected abstract Seq<string> Usual { get; }

    /// <summary>Makes the next state; <see cref="RecurrentCell.Next"/> is to hold the first of its vectors.</summary>
    protected abstract Stmt Step(RecurrentCell cell);

    public override Seq<TensorType> Infer(Operands x)
    {
        Require(Direction is "forward" or "reverse" or "bidirectional" && Layout is 0 or 1, $"direction {Direction} and layout {Layout}");
        Require(x.Type(2).Rank == 3 && x.Real(0).Rank == (x.Has(1) ? 3 : 4), $"x must have three axes, four where there are no weights of it, and the weights {x.Type(2)} of the state three; x is {x.Type(0)}");
        Require(!x.Has(1) || x.Type(1).Rank == 3, $"the weights {x.Type(1)} of the input must have three axes");
        x.Alike(0, 1, 2, 3);
        var (time, batch) = Layout == 0 ? (x.Shape(0)[0], x.Shape(0)[1]) : (x.Shape(0)[1], x.Shape(0)[0]);
        var hidden = x.Shape(2)[2];
        if (HiddenSize != 0) x.Equal(hidden, HiddenSize, $"hidden_size and the weights {x.Type(2)} of the state");
        if (x.Has(1)) x.Equal(x.Shape(1)[2], x.Shape(0)[2], $"weights {x.Type(1)} of the input {x.Type(0)}");
        else
        {
            x.Equal(x.Shape(0)[2], Directions, $"directions of x {x.Type(0)}");
            x.Equal(x.Shape(0)[3], Linear.Simplify(hidden * Gates), $"{Gates} gates of {hidden} in x {x.Type(0)}");
        }
        for (var i = 1; i < 4; i++)
        {
            if (!x.Has(i)) continue;
            x.Equal(x.Shape(i)[0], Directions, $"directions of operand {i} {x.Type(i)}");
            x.Equal(x.Shape(i)[1], Linear.Simplify(hidden * (i == 3 ? 2 * Gates : Gates)), $"{Gates} gates of {hidden} in operand {i} {x.Type(i)}");
        }
        if (x.Has(4)) x.Equal(x.Whole(4).Shape[0], batch, $"lengths {x.Type(4)} of the sequences of {x.Type(0)}");
        Activation.Read(Functions, ActivationAlpha, ActivationBeta);
        Require(Functions.Count == Usual.Count * Directions, $"{Usual.Count} activations for each of {Directions} directions are needed, there are {Functions.Count}");
        var last = new TensorType(Layout == 0 ? [Directions, batch, hidden] : [batch, Directions, hidden], x.Scalar(0));
        for (var i = 0; i < States; i++)
            if (x.Has(5 + i)) foreach (var (axis, extent) in last.Shape.Index()) x.Equal(x.Shape(5 + i)[axis], extent, $"axis {axis} of the first state {x.Type(5 + i)}");
        return [new(Layout == 0 ? [time, Directions, batch, hidden] : [batch, time, Directions, hidden], x.Scalar(0)), .. Enumerable.Repeat(last, States)];
    }

    private int Directions => Direction == "bidirectional" ? 2 : 1;

    private Seq<string> Functions => Activations is [] ? [.. Enumerable.Repeat(Usual, Directions).SelectMany(names => names)] : Activations;

    public sealed override Stmt Body(Operands x, Seq<Buffer> results) =>
        Stmts.Do(Enumerable.Range(0, Directions).Select(direction => Stmts.For("b", x.Shape(0)[Layout == 0 ? 1 : 0], batch => Sequence(x, results, direction, batch))));

    private Stmt Sequence(Operands x, Seq<Buffer> results, int direction, Expr batch)
    {
        var (kind, time, hidden) = (x.Scalar(0).Arithmetic, x.Shape(0)[Layout == 0 ? 0 : 1], x.Shape(2)[2]);
        Seq<Buffer> states = [.. Enumerable.Range(0, States).Select(i => Vector($"state{i}"))];
        var next = Vector("next");
        var functions = Activation.Read(Functions, ActivationAlpha, ActivationBeta)[(direction * Usual.Count)..];
        var length = x.Has(4) ? Expr.Clamp(x[4]([batch]).As(Scalar.I64), 0, time) : time;
        var backwards = Direction == "reverse" || direction == 1;
        Seq<Expr> Last(Expr i) => Layout == 0 ? [direction, batch, i] : [batch, direction, i];
        Stmt Over(Func<Expr, Stmt> body) => Stmts.For("j", hidden, body);

        var steps = Stmts.For("s", time, step =>
        {
            var lasts = Linear.Decided(step < length);
            var place = backwards ? Expr.Select(lasts, length - 1 - step, step) : step;
            Seq<Expr> At(Expr i) => Layout == 0 ? [place, direction, batch, i] : [batch, place, direction, i];
            // Beyond a sequence's end the guard keeps the cell from running; the place is held inside for those who read ahead of it.
            var at = backwards ? Expr.Clamp(place, 0, time - 1) : place;
            var cell = new RecurrentCell(x, direction, hidden, Gates, states, next, Clip, functions, k => x[0]([.. Layout == 0 ? [at, batch] : new[] { batch, at }, .. k]));
            return Stmts.Do(
                Stmts.When(lasts, Stmts.Do(Step(cell), Over(i => states[0].Set([i], next[i])))),
                Over(i => results[0].Set(At(i), Expr.Select(lasts, states[0][i], 0).As(results[0].Scalar))));
        });
        var begin = Over(i => Stmts.Do(states.Select((state, s) => state.Set([i], x.Has(5 + s) ? x[5 + s](Last(i)) : 0.0))));
        var end = Over(i => Stmts.Do(states.Select((state, s) => results[1 + s].Set(Last(i), state[i].As(results[1 + s].Scalar)))));
        return states.Append(next).Aggregate(Stmts.Do(begin, steps, end), (body, buffer) => new Scratch(buffer, body));
        Buffer Vector(string name) => new($"{name}.{direction}", kind, [hidden], Space.Arena);
    }

    /// <summary>Examples with this many numbers of input and state.</summary>
    protected IEnumerable<Example> Cells(long input, long hidden)
    {
        Operand Weights(long directions, long columns) => Operand.F32(directions, Gates * hidden, columns) with { Low = -0.5, High = 0.5 };
        Operand Biases(long directions) => Operand.F32(directions, 2 * Gates * hidden) with { Low = -0.5, High = 0.5 };
        yield return new(this, Operand.F32(4, 2, input), Weights(1, input), Weights(1, hidden));
        yield return new(this with { Direction = "reverse", Layout = 1 }, Operand.F32(2, 3, input), Weights(1, input), Weights(1, hidden), Biases(1));
        yield return new(this with { Direction = "bidirectional", Clip = 0.7f }, [Operand.F32(4, 3, input), Weights(2, input), Weights(2, hidden), Biases(2), Operand.Constant(Scalar.I32, [3], 4, 1, 2), .. Enumerable.Repeat(Operand.F32(2, 3, hidden), States)]);
        yield return new(this with { Layout = 1 }, Operand.F32(2, 3, 1, Gates * hidden), null, Weights(1, hidden), Biases(1));
    }
}
