namespace Lathe.Ir;

/// <summary>How a loop runs. All mean the same numbers: a kind is a promise about speed, checked by running the kernel as plain loops.</summary>
public enum LoopKind : byte
{
    For,
    /// <summary>Iterations may run at once on several threads.</summary>
    Parallel,
    /// <summary>Iterations are the lanes of one machine vector.</summary>
    Vector,
    /// <summary>Written out, the index a constant.</summary>
    Unroll,
    /// <summary>Iterations are the threads of one group of a GPU, an iteration of the parallel loop around; between two such loops all threads wait for each other. All in a group have one extent.</summary>
    Threads,
}

/// <summary>What a kernel does. Five kinds, fixed for good: above them operators and schedules, below them targets.</summary>
public abstract record Stmt;

public sealed record Loop(LoopKind Kind, Axis Axis, Stmt Body) : Stmt;

public sealed record Block(Seq<Stmt> Steps) : Stmt;

/// <summary>A buffer that exists while the body runs; its numbers are undefined until stored.</summary>
public sealed record Scratch(Buffer Buffer, Stmt Body) : Stmt;

/// <summary>Stores a number; a literal takes the buffer's kind, anything else must have it.</summary>
public sealed record Store : Stmt
{
    public Store(Buffer buffer, Seq<Expr> at, Expr value)
    {
        if (at.Count != buffer.Shape.Count) throw new ArgumentException($"%{buffer.Name} has {buffer.Shape.Count} axes, it is stored at {at.Count} indices");
        if (value is Number n && n.Adapted(buffer.Scalar) is { } literal) value = literal;
        if (value.Type != buffer.Scalar) throw new ArgumentException($"%{buffer.Name} holds {buffer.Scalar.Text}, {value} is {value.Type.Text}");
        (Buffer, At, Value) = (buffer, at, value);
    }

    public Buffer Buffer { get; }
    public Seq<Expr> At { get; }
    public Expr Value { get; }
}

/// <summary>Runs the body where the condition holds; under a vector loop, in those lanes.</summary>
public sealed record Guard(Expr Condition, Stmt Body) : Stmt;

/// <summary>Short ways to write, walk and rewrite statements.</summary>
public static class Stmts
{
    public static Stmt For(string name, Expr extent, Func<Expr, Stmt> body) => Over(LoopKind.For, name, extent, body);
    public static Stmt Parallel(string name, Expr extent, Func<Expr, Stmt> body) => Over(LoopKind.Parallel, name, extent, body);
    public static Stmt Vector(string name, Expr extent, Func<Expr, Stmt> body) => Over(LoopKind.Vector, name, extent, body);
    public static Stmt Unroll(string name, Expr extent, Func<Expr, Stmt> body) => Over(LoopKind.Unroll, name, extent, body);

    /// <summary>What each thread of a group does, given the thread.</summary>
    public static Stmt Threads(Axis thread, Func<Expr, Stmt> body) => new Loop(LoopKind.Threads, thread, body(thread));

    /// <summary>One after another; nested blocks become one.</summary>
    public static Stmt Do(params IEnumerable<Stmt> steps) => steps.SelectMany(s => s is Block b ? b.Steps : [s]).ToSeq() is var all && all.Count == 1 ? all[0] : new Block(all);

    public static Stmt When(Expr condition, Stmt body) => condition is Number n ? n.Integer != 0 ? body : new Block([]) : new Guard(condition, body);

    /// <summary>A loop, or its body once where there is only one iteration.</summary>
    public static Stmt Over(LoopKind kind, string name, Expr extent, Func<Expr, Stmt> body)
    {
        if (extent is Number { Integer: 1 }) return body(0);
        var axis = new Axis(name, extent);
        return new Loop(kind, axis, body(axis));
    }

    /// <summary>Loops over axes, the first outermost.</summary>
    public static Stmt Nest(LoopKind kind, IEnumerable<Axis> axes, Stmt body) => axes.Reverse().Aggregate(body, (inside, axis) => new Loop(kind, axis, inside));

    extension(Buffer buffer)
    {
        public Stmt Set(Seq<Expr> at, Expr value) => new Store(buffer, at, value);
    }

    extension(Stmt stmt)
    {
        /// <summary>The statements directly inside.</summary>
        public IEnumerable<Stmt> Inner => stmt switch
        {
            Loop l => [l.Body],
            Block b => b.Steps,
            Scratch s => [s.Body],
            Guard g => [g.Body],
            _ => [],
        };

        /// <summary>This statement and all inside, in the order of the text.</summary>
        public IEnumerable<Stmt> All => stmt.Inner.SelectMany(s => s.All).Prepend(stmt);

        /// <summary>Expressions of this statement itself: extents, indices, values, conditions.</summary>
        public IEnumerable<Expr> Own => stmt switch
        {
            Loop l => [l.Axis.Extent],
            Store s => [.. s.At, s.Value],
            Guard g => [g.Condition],
            Scratch s => s.Buffer.Shape,
            _ => [],
        };

        /// <summary>Whether threads of a group run inside: a register of this statement is one of each thread, by its first axis.</summary>
        public bool HasThreads => stmt.All.Any(s => s is Loop { Kind: LoopKind.Threads });

        /// <summary>Every read, in the order of the text.</summary>
        public IEnumerable<Load> Loads => stmt.All.SelectMany(s => s.Own).SelectMany(e => e.Parts()).OfType<Load>();

        /// <summary>The same statement over other expressions; loops keep their axes.</summary>
        public Stmt Map(Func<Expr, Expr> map) => stmt switch
        {
            Loop l => new Loop(l.Kind, l.Axis, l.Body.Map(map)),
            Block b => new Block([.. b.Steps.Select(s => s.Map(map))]),
            Scratch s => new Scratch(s.Buffer, s.Body.Map(map)),
            Store s => new Store(s.Buffer, [.. s.At.Select(map)], map(s.Value)),
            Guard g => When(map(g.Condition), g.Body.Map(map)),
            _ => throw new UnreachableException(),
        };
    }
}
