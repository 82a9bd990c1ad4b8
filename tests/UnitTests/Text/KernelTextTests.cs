using FsCheck.Xunit;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Text;

public sealed class KernelTextTests
{
    [Property(MaxTest = 300)]
    public void Whatever_prints_reads_back_equal(int seed)
    {
        var kernel = new RandomKernels(seed).Kernel();
        var text = IrText.Print(kernel);
        var again = IrText.Read(text).Kernels.Single();
        Assert.Equal(text, IrText.Print(again));
        Assert.Equal(KernelShape.Of(Canonical.Of(kernel)), KernelShape.Of(again));
        Assert.Equal(kernel.Inputs, again.Inputs);
        Assert.Equal(kernel.Outputs, again.Outputs);
    }

    [Property(MaxTest = 300)]
    public void A_formula_alone_shows_as_it_reads(int seed)
    {
        var formulas = new RandomFormulas(seed);
        var formula = formulas.Formula(formulas.Kind(), 3, []);
        var kernel = Canonical.Of(new Kernel("f", [.. formulas.Buffers], [new("y", formula.Type, [])], new Store(new("y", formula.Type, []), [], formula)));
        var again = IrText.Read(IrText.Print(kernel)).Kernels.Single();
        Assert.Equal(((Store)kernel.Body).Value.ToString(), ((Store)again.Body).Value.ToString());
    }

    [Property(MaxTest = 100)]
    public void What_was_read_is_in_canonical_form(int seed)
    {
        var again = IrText.Read(IrText.Print(new RandomKernels(seed).Kernel())).Kernels.Single();
        Assert.Same(again, Canonical.Of(again));
    }

    [Fact]
    public void Text_grows_with_the_graph_of_a_formula_not_with_its_tree()
    {
        var x = new Lathe.Ir.Buffer("x", Scalar.F32, [8]);
        var i = new Axis("i", 8);
        var number = x[[i]];
        for (var n = 0; n < 60; n++) number = number * number + n;
        var kernel = new Kernel("power", [x], [new("y", Scalar.F32, [8])], new Loop(LoopKind.For, i, new Store(new("y", Scalar.F32, [8]), [i], number)));
        var text = IrText.Print(kernel);
        Assert.InRange(text.Length, 1000, 4000);
        Assert.Equal(60 * 2 + 1 + 60 + 1, ((Store)((Loop)IrText.Read(text).Kernels[0].Body).Body).Value.Parts().Count()); // products, sums, the read, literals, the index
    }

    [Fact]
    public void A_reduction_that_two_statements_share_stays_one()
    {
        Lathe.Ir.Buffer x = new("x", Scalar.F32, [4, 8]), mean = new("mean", Scalar.F32, [4]), square = new("square", Scalar.F32, [4]);
        var i = new Axis("i", 4);
        var sum = Expr.Sum([8], k => x[[i, k[0]]]);
        var kernel = new Kernel("moments", [x], [mean, square], new Loop(LoopKind.For, i, Stmts.Do(mean.Set([i], sum / 8), square.Set([i], sum * sum))));
        Assert.Equal("""
            kernel moments(%x: 4x8 f32) -> %mean: 4 f32, %square: 4 f32 {
              for i in 4 {
                let t0 = sum k in 8 { %x[i, k] }
                %mean[i] = t0 / 8.0
                %square[i] = t0 * t0
              }
            }

            """, IrText.Print(kernel));
        Assert.Single(IrText.Read(IrText.Print(kernel)).Kernels[0].Body.All.OfType<Store>().SelectMany(s => s.Value.Parts()).OfType<Reduce>().Distinct());
    }

    [Fact]
    public void A_scratch_that_ends_before_its_block_has_braces()
    {
        const string text = """
            kernel k(%x: f32) -> %y: f32, %z: f32 {
              {
                scratch %a: 2x3 f32 order=[1, 0] in registers
                %a[1, 2] = %x[]
                %y[] = %a[1, 2]
              }
              scratch %a: f32 in arena
              %a[] = %x[]
              %z[] = %a[]
            }

            """;
        Assert.Equal(text, IrText.Print(IrText.Read(text).Kernels[0]));
    }
}
