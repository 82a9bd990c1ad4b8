using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed class CpuTargetTests
{
    public static IEnumerable<object[]> Models => CpuModel.All.Where(model => model.Architecture != CpuArchitecture.RiscV64).Select(model => new object[] { model.Name, model.Architecture.Name });

    /// <summary>LLVM inlines a function only into one whose processor has everything the function asks for: so it tells what a processor has.</summary>
    [Theory, MemberData(nameof(Models))]
    public void Features_of_every_model_are_those_of_LLVM(string cpu, string architecture)
    {
        var target = CpuTarget.Parse(cpu, TargetSystem.All.SelectMany(system => system.Triples).First(triple => CpuArchitecture.Of(triple).Name == architecture));
        var features = CpuModel.All.Where(model => model.Architecture == target.Architecture).SelectMany(model => model.Features).Distinct().Order(StringComparer.Ordinal).ToArray();
        var text = string.Concat(features.Select((feature, i) => $$"""
            define internal void @callee{{i}}() "target-cpu"="{{cpu}}" "target-features"="+{{feature}}" { store volatile i8 0, ptr null ret void }
            define void @caller{{i}}() { call void @callee{{i}}() ret void }

            """));
        var inlined = new Assembler(target, "inline").Optimised(text, "features");
        var had = features.Where((_, i) => !inlined.Contains($"call void @callee{i}()", StringComparison.Ordinal));
        Assert.Equal(string.Join(' ', had), string.Join(' ', features.Where(target.Has)));
    }

    [Theory]
    [InlineData("generic-rv64", false)]
    [InlineData("spacemit-x60", true)]
    public void RiscV_vectors_are_used_where_the_model_has_them(string cpu, bool vectors)
    {
        var target = CpuTarget.Parse(cpu);
        var listing = new Assembler(target).ToAssembly("define <4 x float> @f(<4 x float> %x) { %y = fadd <4 x float> %x, %x ret <4 x float> %y }", "vectors");
        Assert.Equal(vectors, target.Has("v"));
        Assert.Equal(vectors, listing.Contains("vfadd", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x86-64", 16)]
    [InlineData("x86-64-v3", 32)]
    [InlineData("x86-64-v4", 64)]
    [InlineData("cortex-a76", 16)]
    [InlineData("generic-rv64", 8)]
    public void Vector_width_follows_the_features(string cpu, int bytes) => Assert.Equal(bytes, CpuTarget.Parse(cpu).VectorBytes);

    [Fact]
    public void Host_is_spelled_out_in_ordinal_order()
    {
        var names = CpuTarget.Parse("host").Features.Split(',').Select(feature => feature[1..]).ToArray();
        Assert.NotEmpty(names);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void A_feature_spelled_out_outweighs_the_model()
    {
        var target = new CpuTarget("x86_64-pc-linux-gnu", "x86-64-v4", "-avx512f,+avx512vnni");
        Assert.False(target.Has("avx512f"));
        Assert.True(target.Has("avx512vnni"));
        Assert.True(target.Has("fma"));
        Assert.False(target.Has("dotprod"));
    }

    [Fact]
    public void Faults_name_what_is_known()
    {
        Assert.Contains("'pentium9' is not known; known are host, x86-64,", Assert.Throws<ArgumentException>(() => CpuTarget.Parse("pentium9")).Message, StringComparison.Ordinal);
        Assert.Contains("'znver4' is not known on aarch64; known are host, generic,", Assert.Throws<ArgumentException>(() => CpuTarget.Parse("znver4", "aarch64-linux-gnu")).Message, StringComparison.Ordinal);
        Assert.Contains("is for mips, code is made for x86_64", Assert.Throws<ArgumentException>(() => CpuTarget.OfTriple("mips-linux-gnu")).Message, StringComparison.Ordinal);
        Assert.Contains("'avx512'", Assert.Throws<ArgumentException>(() => CpuTarget.Parse("x86-64").Has("avx512")).Message, StringComparison.Ordinal);
    }
}
