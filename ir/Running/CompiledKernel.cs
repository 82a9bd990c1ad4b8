using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>A kernel as a delegate of .NET, made once: every loop plain, every formula typed, every access checked.</summary>
internal sealed unsafe class CompiledKernel
{
    private delegate void Body(nint[] starts, long[] counts, long[] symbols);

    private static readonly ConditionalWeakTable<Kernel, CompiledKernel> Made = [];

    private readonly Kernel kernel;
    private readonly Seq<Buffer> arguments;
    private readonly Seq<Buffer> scratch;
    private readonly Seq<Symbol> symbols;
    private readonly Body body;

    private CompiledKernel(Kernel kernel)
    {
        this.kernel = kernel;
        arguments = [.. kernel.Inputs.Concat(kernel.Outputs).Distinct()];
        scratch = [.. kernel.Body.All.OfType<Scratch>().Select(s => s.Buffer).Where(b => !InVariable(b)).Distinct()];
        symbols = kernel.Symbols;
        body = Compile();
    }

    public static CompiledKernel Of(Kernel kernel) => Made.GetValue(kernel, k => new(k));

    /// <param name="find">The memory of an argument.</param>
    /// <param name="values">The number each symbol stands for.</param>
    /// <param name="room">Where scratch of the arena lies by the program's plan, and its bytes; 0 where the kernel is to find its own.</param>
    public void Run(Func<Buffer, Bytes> find, IReadOnlyDictionary<string, long> values, (nint Start, long Bytes) room = default)
    {
        var memory = arguments.Select(find).ToArray();
        var (starts, counts) = (new nint[arguments.Count + scratch.Count], new long[arguments.Count + scratch.Count]);
        for (var i = 0; i < arguments.Count; i++)
        {
            (starts[i], counts[i]) = (memory[i].Address, Dimensions.Evaluate(arguments[i].Size, values));
            var needed = arguments[i].Scalar.Bytes(counts[i]);
            if (memory[i].Length < needed) throw new ArgumentException($"kernel {kernel.Name}: %{arguments[i].Name} takes {needed} bytes, it is given {memory[i].Length}");
        }
        if (room.Bytes > 0) Cells.Spoil(room.Start, room.Bytes, (int)Scalar.U8);
        var owned = new Bytes[scratch.Count];
        for (var i = 0; i < scratch.Count; i++)
        {
            counts[arguments.Count + i] = Dimensions.Evaluate(scratch[i].Size, values);
            owned[i] = Bytes.Zeros(scratch[i].Scalar.Bytes(counts[arguments.Count + i]));
            starts[arguments.Count + i] = owned[i].Address;
        }
        try { body(starts, counts, [.. symbols.Select(s => Dimensions.Evaluate(s, values))]); }
        catch (Cells.OutsideException e)
        {
            var buffer = e.Buffer < arguments.Count ? arguments[e.Buffer] : scratch[e.Buffer - arguments.Count];
            throw new InvalidOperationException($"kernel {kernel.Name} leaves %{buffer.Name}: index {e.Index}{(e.Axis < 0 ? "" : $" of axis {e.Axis}")} where there are {e.Extent}", e);
        }
        GC.KeepAlive(memory);
        GC.KeepAlive(owned);
    }

    private Body Compile()
    {
        var (starts, counts, values) = (Expression.Parameter(typeof(nint[])), Expression.Parameter(typeof(long[])), Expression.Parameter(typeof(long[])));
        Seq<Buffer> all = [.. arguments, .. scratch];
        var numbers = all.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var formulas = new CompiledFormulas(numbers, symbols.Index().ToDictionary(pair => pair.Item.Name, pair => (Expression)Expression.ArrayIndex(values, Expression.Constant(pair.Index))));
        foreach (var (number, buffer) in all.Index())
            formulas.Place(buffer, Expression.ArrayIndex(starts, Expression.Constant(number)), Expression.ArrayIndex(counts, Expression.Constant(number)));
        var statements = Act(kernel.Body);
        return Expression.Lambda<Body>(Expression.Block(typeof(void), formulas.Around(statements)), kernel.Name, [starts, counts, values]).Compile();

        Expression Act(Stmt stmt) => stmt switch
        {
            Loop l => formulas.Statement(() => formulas.Loop(l.Axis, () => Act(l.Body))),
            Block b => Expression.Block(typeof(void), b.Steps.Select(Act).DefaultIfEmpty(Expression.Empty())),
            Scratch { Buffer: var buffer } s when InVariable(buffer) => formulas.Register(buffer, () => Act(s.Body)),
            Scratch s => Expression.Block(Spoil(s.Buffer), Act(s.Body)),
            Store s => formulas.Statement(() => formulas.Store(s)),
            Guard g => formulas.Statement(() => Expression.IfThen(formulas.Value(g.Condition), Act(g.Body))),
            _ => throw new UnreachableException(),
        };

        Expression Spoil(Buffer buffer) => Expression.Call(typeof(Cells), nameof(Cells.Spoil), null, Expression.ArrayIndex(starts, Expression.Constant(numbers[buffer])),
            Expression.ArrayIndex(counts, Expression.Constant(numbers[buffer])), Expression.Constant((int)buffer.Scalar));
    }

    /// <summary>A single number in registers is a variable, not memory.</summary>
    private static bool InVariable(Buffer buffer) => buffer is { Space: Space.Registers, Shape.Count: 0 };
}
