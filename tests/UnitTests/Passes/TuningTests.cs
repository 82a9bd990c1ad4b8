using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes;

public sealed class TuningTests
{
    private static readonly Machine Test = new("test");

    private static Graph Product()
    {
        var net = new Net();
        return net.Return(net.Add("y", new MatMul(), net.Input("x", 12, 64), net.Input("z", 64, 32)));
    }

    private static TunedKernel ThreeRows(Tuning.Question question) => new(question.Key, "test", new(Template.Blocked, Rows: 3), 1.5, 2.25, 7);

    [Fact]
    public void What_is_measured_is_followed_and_said()
    {
        var tuning = new Tuning([], "compiler", ThreeRows);
        var compilation = new Compilation(Test) { Tuning = tuning };
        var program = compilation.Run(Product());
        Assert.StartsWith("blocked 3x", Assert.Single(program.Steps.Calls).Info!.Template, StringComparison.Ordinal);
        Assert.Single(tuning.Used);
        Assert.Contains(compilation.Notes.All, note => note.Text == "measured: template=blocked rows=3, 1.5 us against 2.25 us of the cost model's choice, the best of 7");
    }

    [Fact]
    public void What_is_known_is_not_measured_again_and_gives_the_same_program()
    {
        var first = new Tuning([], "compiler", ThreeRows);
        var text = IrText.Print(new Compilation(Test) { Tuning = first }.Run(Product()));
        var file = TuningText.Print(first.Used);
        var second = new Tuning(TuningText.Read(file, "k.tune"), "compiler", question => throw new InvalidOperationException($"{question.Kernel.Name} is measured again"));
        Assert.Equal(text, IrText.Print(new Compilation(Test) { Tuning = second }.Run(Product())));
        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal(file, TuningText.Print(second.Used));
    }

    [Fact]
    public void Another_machine_compiler_or_kernel_is_another_question()
    {
        var known = new Tuning([], "compiler", ThreeRows);
        new Compilation(Test) { Tuning = known }.Run(Product());
        int Asked(Machine machine, string compiler, Graph graph)
        {
            var asked = 0;
            new Compilation(machine) { Tuning = new(known.Used, compiler, question => { asked++; return ThreeRows(question); }) }.Run(graph);
            return asked;
        }
        var net = new Net();
        Assert.Equal(0, Asked(Test, "compiler", Product()));
        Assert.Equal(1, Asked(Test with { Level2 = 1 << 20 }, "compiler", Product()));
        Assert.Equal(1, Asked(Test, "newer compiler", Product()));
        Assert.Equal(1, Asked(Test, "compiler", net.Return(net.Add("y", new MatMul(), net.Input("x", 12, 65), net.Input("z", 65, 32)))));
    }

    [Theory]
    [InlineData("abc znver5 model // us=1.0 model_us=1.0 tried=2", "is no SHA-256")]
    [InlineData("KEY znver5 rows=0 // us=1.0 model_us=1.0 tried=2", "'0' is no positive whole number")]
    [InlineData("KEY znver5 template=fast // us=1.0 model_us=1.0 tried=2", "'fast' is none of")]
    [InlineData("KEY znver5 model", "a line is KEY CPU CHOICE")]
    [InlineData("KEY znver5 model // us=1.0", "model_us is missing")]
    [InlineData("KEY znver5 model // us=1.0 model_us=1.0 tried=2\nKEY znver5 model // us=1.0 model_us=1.0 tried=2", "has a line already")]
    public void A_faulty_line_is_named(string lines, string said)
    {
        var head = TuningText.Print([]);
        var fault = Assert.Single(Assert.Throws<DiagnosticException>(() => TuningText.Read(head + lines.Replace("KEY", new string('a', 64), StringComparison.Ordinal), "k.tune")).Diagnostics);
        Assert.Equal("LT4211", fault.Code);
        Assert.StartsWith("k.tune:", fault.Where);
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_file_is_none() => Assert.Equal("LT4211", Assert.Single(Assert.Throws<DiagnosticException>(() => TuningText.Read("// a list of mine\n", "k.tune")).Diagnostics).Code);
}
