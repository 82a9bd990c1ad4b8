using System.Globalization;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.OnnxTests.Flow;

/// <summary>Values that a loop carries are stored where the next round reads them, wherever that changes nothing.</summary>
public sealed class CarriedTests
{
    private static readonly Tensor X = Tensor.Of([3], 0.5f, -0.25f, 1f), Y = Tensor.Of([3], -1f, 2f, 0.125f);

    /// <summary>What a round makes of <c>a</c> and <c>b</c>, and how many copies of carried values a round keeps.</summary>
    [Theory]
    [InlineData(0, "c = Add(a, x) d = Sub(b, y)")]
    [InlineData(3, "c = Identity(b) d = Identity(a)")] // a swap: one of the two is kept aside
    [InlineData(0, "c = Add(a, x) d = Mul(c, b)")] // the new a is read
    [InlineData(1, "c = Add(a, x) d = Mul(a, b)")] // the old a is read behind the new one
    [InlineData(0, "c = Softmax(a) d = Mul(b, x)")] // a row is read whole before its first number is stored
    [InlineData(1, "c = Einsum <equation = \"i,j->j\"> (a, x) d = Mul(b, x)")] // each sum reads what would be stored over
    [InlineData(0, "t = Softmax(a) c = Tanh(t) d = Sub(b, t)")] // reads the sums through another value
    [InlineData(0, "c = Neg(b) d = Add(b, a)", false)]
    [InlineData(0, "i1 = Reshape(i, one) e = Gather <axis = 0> (a, i1) e2 = Exp(e) c = ScatterElements(a, i1, e2) d = Add(b, c)")] // what a scatter does not touch stays where it is
    [InlineData(0, "i1 = Reshape(i, one) e = Gather <axis = 0> (x, i1) c = ScatterElements <reduction = \"add\"> (a, i1, e) d = Neg(b)")]
    public void What_a_round_makes_lies_where_the_next_reads_it(int copies, string body, bool counted = true)
    {
        var model = Model(body, "c", "d");
        for (var trips = 0L; trips < 4; trips++) Assert.Equal(4, model.Run(Tensor.Of([], trips), X, Y).Length);
        if (counted) Assert.Equal(copies, Copies(model.Program));
    }

    [Fact]
    public void A_branch_may_make_it_and_so_may_a_loop()
    {
        var model = Model("""
            odd = Equal(i, first)
            c = If <then_branch = t () => (float[3] u) { u0 = Exp(b) u = Mul(u0, x) }, else_branch = e () => (float[3] v) { v = Neg(b) }> (odd)
            d = Loop <body = inner (int64 j, bool still, float[3] s) => (bool same, float[3] r) { same = Identity(still) r = Add(s, x) }> (two, , b)
            """, "c", "d");
        for (var trips = 0L; trips < 4; trips++) model.Run(Tensor.Of([], trips), X, Y);
        Assert.Equal(0, Copies(model.Program)); // what the inner loop begins with lies there too
    }

    [Fact]
    public void A_result_that_is_stacked_before_it_is_carried_is_the_round_s_own()
    {
        var model = Model("c = Add(a, x) d = Sub(a, c)", "c", "d");
        // Round by round: c = a + x, d = a − c, and a as it was is stacked.
        var made = model.Run(Tensor.Of([], 3L), X, Y);
        Assert.Equal([0.5, -0.25, 1, 1.0, -0.5, 2, 1.5, -0.75, 3], made[2].ToDoubles());
        Assert.Equal([2.0, -1.0, 4], made[0].ToDoubles());
        Assert.Equal([-0.5, 0.25, -1], made[1].ToDoubles());
    }

    /// <summary>Rounds put together at random: each value carried on may be any that was made.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Rounds_put_together_at_random_run_as_they_say(int part)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed * 10 + part);
            var (steps, values) = (new List<string>(), new List<string> { "a", "b", "x", "y" });
            for (var i = 0; i < 1 + random.Next(6); i++)
            {
                string Any() => values[random.Next(values.Count)];
                var name = string.Create(CultureInfo.InvariantCulture, $"v{i}");
                steps.Add(random.Next(8) switch
                {
                    0 => $"{name} = Softmax({Any()})",
                    1 => $"{name} = Identity({Any()})",
                    2 => $"{name}i = Reshape(i, one) {name}e = Gather <axis = 0> ({Any()}, {name}i) {name} = ScatterElements({Any()}, {name}i, {name}e)",
                    3 => $"{name}o = Equal(i, first) {name} = If <then_branch = t () => (float[3] {name}u) {{ {name}u = Sub({Any()}, {Any()}) }}, else_branch = e () => (float[3] {name}w) {{ {name}t = Tanh({Any()}) {name}w = Mul({name}t, {Any()}) }}> ({name}o)",
                    4 => $"{name} = Loop <body = inner (int64 j, bool still, float[3] {name}s) => (bool {name}g, float[3] {name}r) {{ {name}g = Identity(still) {name}t = Tanh({name}s) {name}r = Sub({name}t, {Any()}) }}> (two, , {Any()})",
                    5 => $"{name} = Tanh({Any()})",
                    _ => $"{name} = {(random.Next(2) == 0 ? "Sub" : "Min")}({Any()}, {Any()})",
                });
                values.Add(name);
            }
            string Carried() => values[random.Next(3) == 0 ? random.Next(values.Count) : values.Count - 1 - random.Next(Math.Min(3, values.Count))];
            var text = string.Join('\n', steps);
            var model = Model($"{text}\nc = Identity({Carried()}) d = Identity({Carried()})", "c", "d");
            for (var trips = 0L; trips < 4; trips += 3)
            {
                var expected = Interpreter.Run(model.Graph, [Tensor.Of([], trips), X, Y]);
                foreach (var (right, made) in expected.Zip(Interpreter.Run(model.Program, [Tensor.Of([], trips), X, Y])))
                {
                    Assert.Equal(right.Shape, made.Shape);
                    Assert.True(Difference.Between(right, made).Share <= 1e-5, $"{right} is expected, {made} was made of {trips} rounds of\n{text}");
                }
            }
        }
    }

    private static FlowModel Model(string body, string a, string b) => new($$"""
        <ir_version: 8, opset_import: ["": 18]>
        g (int64 trips, float[3] x, float[3] y) => (float[3] last, float[3] other, float[r, 3] as, float[r, 3] bs) <int64[1] one = {1}, int64 first = {1}, int64 two = {2}> {
          last, other, as, bs = Loop <body = step (int64 i, bool on, float[3] a, float[3] b) => (bool next, float[3] {{a}}, float[3] {{b}}, float[3] sa, float[3] sb) {
            next = Identity(on)
            {{body}}
            sa = Identity(a)
            sb = Identity({{b}})
          }> (trips, , x, y)
        }
        """, new(default, default, [new Onnx.MaxBinding("trips", 8)]));

    /// <summary>Calls in rounds that only copy all of one slot to another, slices of stacked results aside.</summary>
    private static int Copies(Program program)
    {
        var plain = program.Kernels.Where(k => k.Body.All.OfType<Store>().All(s => s.Value is Load load && k.Inputs is [var from] && load.Buffer == from && from.Shape == k.Outputs[0].Shape)).Select(k => k.Name).ToHashSet(StringComparer.Ordinal);
        return program.Steps.OfType<Repeat>().SelectMany(loop => loop.Body.Calls).Count(call => plain.Contains(call.Kernel));
    }
}
