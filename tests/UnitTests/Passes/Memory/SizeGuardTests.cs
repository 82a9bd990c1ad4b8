using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.UnitTests.Passes.Memory;

/// <summary>Dimensions whose bytes 64 bits cannot count are refused before anything is allocated.</summary>
public sealed class SizeGuardTests
{
    private static readonly Guarded Cubes = Compiled("[n, 1, 1]", "[1, n, 1]", "[1, 1, n]", "[n, n, n]").Guards[^1];

    [Theory]
    [InlineData(1, true)]
    [InlineData(200_000, true)] // no machine has it, and an allocation says so
    [InlineData(300_000, false)]
    [InlineData(2097152, false)] // 2^65 bytes, 0 in 64 bits
    [InlineData(int.MaxValue, false)]
    public void Bytes_must_have_a_number(long n, bool holds) => Assert.Equal(holds, Dimensions.Evaluate(Cubes.Condition, new Dictionary<string, long> { ["n"] = n }) != 0);

    [Fact]
    public void Nothing_is_asked_where_none_can_be_too_large() => Assert.Empty(Compiled("[n, 8, 1]", "[1, 1, 8]", "[n, 8, 1]", "[n, 8, 8]").Guards);

    private static Program Compiled(string x, string y, string z, string all) => new Runner(Pipeline.Default.Run).Run(new(IrText.Read($$"""
        weights {
          @axes : tensor<2, i64> = [0, 1]
          @first : tensor<1, i64> = [0]
        }

        graph main(%x: tensor<{{x}}, f32>, %y: tensor<{{y}}, f32>, %z: tensor<{{z}}, f32>) -> tensor<[{{all[1..^1].Split(", ")[2]}}], f32> where n in 1.. {
          %a = add(%x, %y) : tensor<{{(all == "[n, n, n]" ? "[n, n, 1]" : "[n, 8, 8]")}}, f32>
          %b = mul(%a, %z) : tensor<{{all}}, f32>
          %c = cum_sum(%b, @first) : tensor<{{all}}, f32>
          %d = reduce_max(%c, @axes, keepdims=false) : tensor<[{{all[1..^1].Split(", ")[2]}}], f32>
          return %d
        }
        """).Graphs[0]), new Compilation(new Machine("test"))).MustBeProgram;
}
