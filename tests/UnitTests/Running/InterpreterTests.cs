using Lathe.Ir;
using Lathe.Ir.Ops;
using static Lathe.Ir.Stmts;

namespace Lathe.UnitTests.Running;

public sealed class InterpreterTests
{
    private static readonly Dictionary<string, long> NoSymbols = [];

    [Fact]
    public void A_store_outside_its_buffer_is_named()
    {
        var y = new Ir.Buffer("y", Scalar.F32, [3, 4]);
        var kernel = Kernel.Over("wide", [y], For("i", 3, i => For("j", 5, j => y.Set([i, j], 1.0))));
        var fault = Assert.Throws<InvalidOperationException>(() => Interpreter.Run(kernel, Memory(y), NoSymbols));
        Assert.Equal("kernel wide leaves %y: index 4 of axis 1 where there are 4", fault.Message);
    }

    [Fact]
    public void A_read_outside_its_buffer_is_named_unless_the_formula_says_what_stands_there()
    {
        var (x, y) = (new Ir.Buffer("x", Scalar.I32, [4]), new Ir.Buffer("y", Scalar.I32, [4]));
        Kernel Shifted(Expr? outside) => Kernel.Over("shifted", [y], For("i", 4, i => y.Set([i], Load.Of(x, [i - 1], outside))));
        Assert.Equal("kernel shifted leaves %x: index -1 of axis 0 where there are 4", Assert.Throws<InvalidOperationException>(() => Interpreter.Run(Shifted(null), Memory(x, y), NoSymbols)).Message);
        var memory = Memory(x, y);
        memory["x"] = Bytes.Of<int>([1, 2, 3, 4]);
        Interpreter.Run(Shifted(-7), memory, NoSymbols);
        Assert.Equal([-7, 1, 2, 3], memory["y"].ToArray<int>());
    }

    [Fact]
    public void Too_little_memory_is_refused()
    {
        var y = new Ir.Buffer("y", Scalar.F32, [3, 4]);
        var kernel = Kernel.Over("fill", [y], For("i", 3, i => For("j", 4, j => y.Set([i, j], 1.0))));
        Assert.Throws<ArgumentException>(() => Interpreter.Run(kernel, new Dictionary<string, Bytes> { ["y"] = Bytes.Zeros(47) }, NoSymbols));
    }

    [Theory]
    [InlineData(Space.Arena, 4)]
    [InlineData(Space.Registers, 4)]
    [InlineData(Space.Registers, 0)]
    public void Scratch_is_garbage_until_stored_in_every_iteration(Space space, int extent)
    {
        var scratch = new Ir.Buffer("s", Scalar.F32, extent == 0 ? [] : [extent], space);
        Seq<Expr> at = extent == 0 ? [] : [3];
        var y = new Ir.Buffer("y", Scalar.F32, [2]);
        var kernel = Kernel.Over("stale", [y], For("i", 2, i => new Scratch(scratch, Do(When(Expr.Same(i, 0), scratch.Set(at, 1.0)), y.Set([i], scratch[at])))));
        var memory = Memory(y);
        Interpreter.Run(kernel, memory, NoSymbols);
        Assert.Equal([1, float.NaN], memory["y"].ToArray<float>());
    }

    [Fact]
    public void Numbers_below_a_byte_are_packed_from_the_low_bits()
    {
        var (x, y) = (new Ir.Buffer("x", Scalar.I4, [3]), new Ir.Buffer("y", Scalar.U2, [3]));
        var kernel = Kernel.Over("narrow", [y], For("i", 3, i => y.Set([i], (x[i].As(Scalar.I8) + 3).As(Scalar.U2))));
        var memory = Memory(x, y);
        memory["x"] = Bytes.Of<byte>([0x9E, 0x07]); // -2, -7, 7
        Interpreter.Run(kernel, memory, NoSymbols);
        Assert.Equal(1 | 0 << 2 | 2 << 4, memory["y"].ToArray<byte>()[0]);
    }

    [Fact]
    public void A_formula_that_shares_its_parts_takes_time_by_its_parts()
    {
        var (x, y) = (new Ir.Buffer("x", Scalar.F64, [1]), new Ir.Buffer("y", Scalar.F64, [1]));
        var value = x[0];
        for (var i = 0; i < 100; i++) value = value * 0.5 + value * 0.5; // as a tree 2^100 reads
        var memory = Memory(x, y);
        memory["x"] = Bytes.Of<double>([3]);
        Interpreter.Run(Kernel.Over("shared", [y], y.Set([0], value)), memory, NoSymbols);
        Assert.Equal(3, memory["y"].ToArray<double>()[0]);
    }

    [Fact]
    public void A_dot_adds_its_lanes_in_32_bits()
    {
        var (x, w, y) = (new Ir.Buffer("x", Scalar.U8, [4]), new Ir.Buffer("w", Scalar.I8, [4]), new Ir.Buffer("y", Scalar.I32, [1]));
        var lane = new Axis("l", 4);
        var memory = Memory(x, w, y);
        (memory["x"], memory["w"]) = (Bytes.Of<byte>([255, 255, 255, 1]), Bytes.Of<sbyte>([127, 127, -128, 2]));
        Interpreter.Run(Kernel.Over("dot", [y], y.Set([0], Dot.Of(lane, x[lane], w[lane], Number.Of(Scalar.I32, 5L)))), memory, NoSymbols);
        Assert.Equal(255 * 127 * 2 - 255 * 128 + 2 + 5, memory["y"].ToArray<int>()[0]);
    }

    [Fact]
    public void A_graph_takes_its_dimensions_from_its_inputs()
    {
        var (rows, x) = (Symbol.Of("rows", 1, 8), default(Value));
        x = new Value("x", new TensorType([rows, 3], Scalar.F32));
        var builder = new GraphBuilder("g", x);
        var graph = builder.Return(builder.Add("y", new Relu(), builder.Add("z", new Add(), x, x)));
        var result = Interpreter.Run(graph, [Tensor.Of([2, 3], 1f, -2, 3, -4, 5, -6)]);
        Assert.Equal([2, 3], result[0].Shape);
        Assert.Equal([2f, 0, 6, 0, 10, 0], result[0].Bytes.ToArray<float>());
        Assert.Equal(["LT5003"], Codes(() => Interpreter.Run(graph, [Tensor.Zeros(Scalar.F32, [9, 3])])));
        Assert.Equal(["LT5003"], Codes(() => Interpreter.Run(graph, [Tensor.Zeros(Scalar.F32, [2, 4])])));
        Assert.Equal(["LT5002", "LT5003"], Codes(() => Interpreter.Run(graph, [Tensor.Zeros(Scalar.F64, [2])])));
        Assert.Equal(["LT5001"], Codes(() => Interpreter.Run(graph, [])));
    }

    [Fact]
    public void A_guard_that_fails_names_the_dimensions()
    {
        var (a, b) = (new Value("a", new TensorType([Symbol.Of("n")], Scalar.F32)), new Value("b", new TensorType([Symbol.Of("m")], Scalar.F32)));
        var builder = new GraphBuilder("g", a, b);
        var graph = builder.Return(builder.Add("y", new Add(), a, b));
        Assert.Equal([3], Interpreter.Run(graph, [Tensor.Zeros(Scalar.F32, [3]), Tensor.Zeros(Scalar.F32, [1])])[0].Shape);
        var fault = Assert.Throws<DiagnosticException>(() => Interpreter.Run(graph, [Tensor.Zeros(Scalar.F32, [3]), Tensor.Zeros(Scalar.F32, [2])]));
        Assert.Equal("LT5004", fault.Diagnostics[0].Code);
        Assert.EndsWith("m = 2, n = 3", fault.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Codes(Action run) => Assert.Throws<DiagnosticException>(run).Diagnostics.Select(d => d.Code);

    private static Dictionary<string, Bytes> Memory(params Ir.Buffer[] buffers) => buffers.ToDictionary(b => b.Name, b => Bytes.Zeros(b.Scalar.Bytes(b.Size.Whole)));
}
