using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Lathe.ArtifactTests;

/// <summary>Sample plugins, written as anybody would write them, run by the tool on real models.</summary>
public sealed class PluginTests(PluginBuild plugins) : IClassFixture<PluginBuild>, IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_pass_that_analyses_says_what_it_saw()
    {
        var printed = Run("Census", "compile", Model("opt_mnist"), "-o", "out", "-q");
        Assert.Contains("note LTC001: ", printed, StringComparison.Ordinal);
        Assert.Contains("conv x", printed, StringComparison.Ordinal);
        Assert.Contains("\"plugin_census_sha256\": \"", File.ReadAllText(Directory.GetFiles(scratch["out"], "*.json").Single()), StringComparison.Ordinal);
        Assert.Contains("census.count", Run("Census", "passes"), StringComparison.Ordinal);
        Assert.Contains("conv x", Run("Census", "opt", Model("opt_mnist"), "--passes", "simplify, census.count(least=2)"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rewrite_in_text_is_tested_and_applied()
    {
        scratch.Write("net.onnx", OnnxModels.WithActivation(Path.Combine(Model("mnist_cntk"), "model.onnx"), ("Softplus", ["x"]), ("Tanh", ["Softplus"]), ("Mul", ["Tanh", "x"])));
        Assert.Contains("= mish(%", Run("Mish", "opt", "net.onnx", "--passes", "sample_mish.mish"), StringComparison.Ordinal);
        Assert.Contains("sample_mish.mish", Run("Mish", "explain", "net.onnx", "ReLU32_Output_0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_verdict_on_a_rewrite_is_of_the_plugins_it_was_found_with()
    {
        File.WriteAllText(scratch["own.rewrite"], "rewrite own { match %y = relu(relu(%x)) replace %y = relu(%x) }");
        foreach (var plugin in (string?[])[null, "Mish", "Mish", "Snake"]) Assert.Equal(0, plugins.Run(scratch.Folder, plugin, "rewrites", "own.rewrite").Code);
        Assert.Equal(3, Directory.GetFiles(scratch["cache/rewrites"]).Length);
    }

    [Fact]
    public void A_fusion_in_Csharp_runs_before_the_tools_own_and_changes_no_result()
    {
        Assert.Contains("fusion.epilogues", Run("Fusion", "passes"), StringComparison.Ordinal);
        Assert.Contains("= fused(", Run("Fusion", "opt", Model("opt_mnist"), "--passes", "simplify, fusion.epilogues"), StringComparison.Ordinal);
        Assert.Contains("1 passed, 0 failed", Run("Fusion", "verify", Model("opt_mnist")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_in_Csharp_runs_where_the_tool_simplifies()
    {
        scratch.Write("net.onnx", OnnxModels.WithActivation(Path.Combine(Model("mnist_cntk"), "model.onnx"), ("Exp", ["x"]), ("Reciprocal", ["Exp"]), ("Mul", ["x", "Reciprocal"])));
        Assert.Contains("= div(%", Run("Scaled", "opt", "net.onnx", "--passes", "simplify"), StringComparison.Ordinal);
        Assert.Contains("scaled.root_reciprocal", Run("Scaled", "explain", "net.onnx", "ReLU32_Output_0"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_of_a_models_own_domain_is_a_plugins()
    {
        scratch.Write("net.onnx", OnnxModels.With(Path.Combine(Model("mnist_cntk"), "model.onnx"), "Relu", "org.example.audio", "Snake", ("alpha", 0.5f)));
        Assert.Matches(@"= snake\.snake\(%[^)]*, alpha=0\.5\)", Run("Snake", "opt", "net.onnx"));
        Assert.Contains("passed, 0 failed", Run("Snake", "verify", "net.onnx"), StringComparison.Ordinal); // machine code against the interpreter
        Run("Snake", "compile", "net.onnx", "-o", "out", "-q");
        Assert.Equal(0, plugins.Run(scratch.Folder, null, "run", "out/libnet.so").Code); // the artifact needs no plugin
        var (printed, code) = plugins.Run(scratch.Folder, null, "inspect", "net.onnx");
        Assert.Contains("Snake", printed, StringComparison.Ordinal);
        Assert.Equal(1, plugins.Run(scratch.Folder, null, "compile", "net.onnx", "-o", "other").Code);
    }

    [ToolFact("gcc")]
    public void An_operator_of_a_models_own_domain_is_a_function_of_C_that_the_artifact_holds()
    {
        var model = OnnxModels.With(Path.Combine(Model("mnist_cntk"), "model.onnx"), "Relu", "org.example.audio", "SoftClip");
        scratch.Write("net.onnx", model);
        Tool.Run("gcc", "-O2", "-fPIC", "-c", CProgram.Repository("tests", "Plugins", "SoftClip", "softclip.c"), "-o", scratch["softclip.o"]);
        // The interpreter takes the statements, the artifact the function.
        Assert.Contains("passed, 0 failed", Run("SoftClip", "verify", "net.onnx", "--link", "softclip.o"), StringComparison.Ordinal);
        Run("SoftClip", "compile", "net.onnx", "-o", "out", "-q", "--link", "softclip.o", "--emit", "shared,static,header,contract,ir");
        Assert.Contains("\"link_softclip.o_sha256\"", File.ReadAllText(scratch["out/net.json"]), StringComparison.Ordinal);
        Assert.Contains("external \"softclip_1\"(%", File.ReadAllText(Directory.GetFiles(scratch["out"], "*.lir").Single()), StringComparison.Ordinal);
        Assert.Equal(0, plugins.Run(scratch.Folder, null, "run", "out/libnet.so").Code);
        // What is linked is what runs: another function of the name gives another result.
        scratch.Write("zero.c", "void softclip_1(const void *const *in, void *const *out, const long *extents) { (void)in; (void)extents; *(float *)out[0] = 1e9f; }");
        Tool.Run("gcc", "-O2", "-fPIC", "-c", scratch["zero.c"], "-o", scratch["zero.o"]);
        var (printed, code) = plugins.Run(scratch.Folder, "SoftClip", "verify", "net.onnx", "--link", "zero.o");
        Assert.NotEqual(0, code);
        Assert.Contains("compared with the interpreter, largest error", printed, StringComparison.Ordinal);
        (printed, code) = plugins.Run(scratch.Folder, "SoftClip", "compile", "net.onnx", "-o", "other");
        Assert.Equal(1, code);
        Assert.Contains("LT4005: ", printed, StringComparison.Ordinal);
        Assert.Contains("the function softclip_1 is in no object that is linked", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_format_of_five_bits_is_quantized_to_and_runs()
    {
        var printed = Run("Log5", "compile", Model("opt_mnist"), "-o", "out", "--objective", "size", "--quantize", "acme.log5 axis=0", "-q", "--dump-ir", "dumps");
        Assert.Contains("acme.log5", File.ReadAllText(Directory.GetFiles(scratch["dumps"], "*quantize.lir").Single()), StringComparison.Ordinal);
        Assert.Equal(0, plugins.Run(scratch.Folder, null, "run", Directory.GetFiles(scratch["out"], "*.so").Single()).Code);
        Assert.DoesNotContain("error", printed, StringComparison.Ordinal);
    }

    [ToolFact("gcc")]
    public void A_target_prints_C_that_computes_the_same()
    {
        Run("C99", "compile", Model("opt_mnist"), "-o", "out", "--name", "digits", "--target", "c99.source");
        scratch.Write("main.c", """
            #include <stdio.h>
            void digits_run(const void *const *inputs, void *const *outputs);
            int main(void)
            {
              static float x[784], y[10];
              const void *in[] = {x};
              void *out[] = {y};
              if (fread(x, 4, 784, stdin) != 784) return 1;
              digits_run(in, out);
              for (int i = 0; i < 10; i++) printf("%.5f\n", y[i]);
              return 0;
            }
            """);
        Tool.Run("gcc", "-O1", "-w", scratch["main.c"], scratch["out/digits.c"], "-lm", "-o", scratch["main"]);
        var input = File.ReadAllBytes(Path.Combine(Model("opt_mnist"), "input_0.npy"))[^(784 * 4)..];
        File.WriteAllBytes(scratch["x.raw"], input);
        var found = Tool.Run("sh", "-c", $"{scratch["main"]} < {scratch["x.raw"]}").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var expected = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Model("opt_mnist"), "output_0.npy"))[^40..]).ToArray();
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-3 * Math.Max(1, expected.Max(Math.Abs))));
        Assert.Contains("c99.source", Run("C99", "targets"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pass_over_programs_runs_behind_the_last()
    {
        Assert.Matches(@"note LTT001: .*calls move \d+ bytes in an arena of \d+", Run("Traffic", "compile", Model("mnist_cntk"), "-o", "out", "-q"));
    }

    [Fact]
    public void An_observer_is_told_of_every_stage()
    {
        var printed = Run("Watch", "compile", Model("mnist_cntk"), "-o", "out", "-q");
        Assert.Contains("simplify: ", printed, StringComparison.Ordinal);
        Assert.Matches(@"\d+ plan: \d+ calls", printed);
    }

    [Fact]
    public void Orders_that_cannot_be_are_told_as_a_circle()
    {
        var (printed, code) = plugins.Run(scratch.Folder, "Order", "compile", Model("mnist_cntk"), "-o", "out");
        Assert.Equal(1, code);
        Assert.Contains("error LT3020: plugin order: passes cannot be ordered: order.egg comes after order.hen comes after order.egg", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_names_the_plugin()
    {
        var (printed, code) = plugins.Run(scratch.Folder, "Fails", "compile", Model("mnist_cntk"), "-o", "out");
        Assert.Equal(1, code);
        Assert.Contains("error LT0204: plugin fails: pass fails.always failed: InvalidCastException: a bug of the plugin's", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Warp", "compile", "operator faulty.warp failed: InvalidCastException: a bug of the formula's")]
    [InlineData("Sin", "compile", "rule faulty.sines failed: KeyNotFoundException: a bug of the rule's")]
    [InlineData("Relu", "compile --quantize faulty.log3 --objective size", "weight format faulty.log3 failed: ArithmeticException: a bug of the format's")]
    public void A_fault_names_what_of_the_plugin_failed(string activation, string command, string fault)
    {
        scratch.Write("net.onnx", activation == "Warp" ? OnnxModels.With(Path.Combine(Model("mnist_cntk"), "model.onnx"), "Relu", "org.example.faulty", "Warp") : OnnxModels.WithActivation(Path.Combine(Model("mnist_cntk"), "model.onnx"), (activation, ["x"])));
        var (printed, code) = plugins.Run(scratch.Folder, "Faulty", [.. command.Split(' '), "net.onnx", "-o", "out"]);
        Assert.Equal(1, code);
        Assert.Contains($"error LT0204: plugin faulty: {fault}", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("LT9999", printed, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(scratch["out"]) ? Directory.GetFiles(scratch["out"]) : []);
    }

    [Fact]
    public void A_plugin_is_a_package_that_lathe_json_names()
    {
        Tool.Run("dotnet", "pack", CProgram.Repository("tests", "Plugins", "Census"), "--no-build", "-c", "Debug", "-v", "q", "-o", scratch["feed"], "-p:PackageId=Acme.Census", "-p:PackageVersion=1.2.0");
        // As its user: a project that names the package, from a folder of packages, into a cache of its own.
        scratch.Write("Uses.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <RestoreSources>{scratch["feed"]};{plugins.Packages}</RestoreSources>
                <RestorePackagesPath>{scratch["restored"]}</RestorePackagesPath>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Acme.Census" Version="1.2.0" />
              </ItemGroup>
            </Project>
            """);
        Tool.Run("dotnet", "restore", scratch["Uses.csproj"], "-v", "q");
        scratch.Write("lathe.json", """{"packages": {"Acme.Census": "1.2.0"}}""");
        var (printed, code) = plugins.RunWith(scratch["restored"], scratch.Folder, null, "compile", Model("opt_mnist"), "-o", "out", "-q");
        Assert.True(code == 0, printed);
        Assert.Contains("note LTC001: ", printed, StringComparison.Ordinal);
        Assert.Contains("\"plugin_census_sha256\": \"", File.ReadAllText(Directory.GetFiles(scratch["out"], "*.json").Single()), StringComparison.Ordinal);
        scratch.Write("lathe.json", """{"packages": {"Acme.Census": "1.3.0"}}""");
        (printed, code) = plugins.RunWith(scratch["restored"], scratch.Folder, null, "passes");
        Assert.Equal(1, code);
        Assert.Contains("package Acme.Census 1.3.0 has not been restored here", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Plugins_stand_in_lathe_json_of_a_folder_above()
    {
        scratch.Write("lathe.json", $$"""{"plugins": ["{{plugins.Of("Census")}}"]}""");
        Directory.CreateDirectory(scratch["below"]);
        Assert.Contains("census.count", plugins.Run(scratch["below"], null, "passes").Printed, StringComparison.Ordinal);
        scratch.Write("lathe.json", """{"plugins": ["nowhere.dll"]}""");
        Assert.Contains("LT0201: nowhere.dll: there is no such plugin", plugins.Run(scratch["below"], null, "passes").Printed, StringComparison.Ordinal);
        scratch.Write("lathe.json", """{"plugin": []}""");
        Assert.Contains("LT0203: lathe.json: there is no setting plugin", plugins.Run(scratch["below"], null, "passes").Printed, StringComparison.Ordinal);
        scratch.Write("lathe.json", """{"packages": {"Acme.Nothing": "1.0.0"}}""");
        Assert.Contains("package Acme.Nothing 1.0.0 has not been restored here", plugins.Run(scratch["below"], null, "passes").Printed, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_plugin_is_refused()
    {
        scratch.Write("text.dll", "no assembly");
        Assert.Contains("LT0201: text.dll: this is no assembly of .NET", plugins.Run(scratch.Folder, null, "passes", "--plugin", "text.dll").Printed, StringComparison.Ordinal);
        Assert.Contains("LT0201: Lathe.Runtime.dll: this assembly is no plugin", plugins.Run(scratch.Folder, null, "passes", "--plugin", Path.Combine(AppContext.BaseDirectory, "Lathe.Runtime.dll")).Printed, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_was_made_for_another_version_is_refused()
    {
        File.WriteAllBytes(scratch["Later.dll"], OfVersion(plugins.Of("Census"), minor: 2));
        var (printed, code) = plugins.Run(scratch.Folder, null, "passes", "--plugin", "Later.dll");
        Assert.Equal(1, code);
        Assert.Matches(@"error LT0202: Later\.dll: it was built with Lathe\.\w+ 0\.2\.0, this is 0\.1\.0", printed);
        Assert.Contains("help: build it again with Lathe.Sdk 0.1.0", printed, StringComparison.Ordinal);
    }

    /// <summary>The same assembly as if it had been compiled with other assemblies of Lathe: their versions stand first in the rows of its references (ECMA-335 II.22.5).</summary>
    private static byte[] OfVersion(string path, byte minor)
    {
        var bytes = File.ReadAllBytes(path);
        using var file = new PEReader(new MemoryStream(bytes));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.AssemblyReferences.Where(r => metadata.GetString(metadata.GetAssemblyReference(r).Name).StartsWith("Lathe.", StringComparison.Ordinal)))
            bytes[file.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef) + (MetadataTokens.GetRowNumber(handle) - 1) * metadata.GetTableRowSize(TableIndex.AssemblyRef) + 2] = minor;
        return bytes;
    }

    private string Run(string plugin, params string[] arguments)
    {
        var (printed, code) = plugins.Run(scratch.Folder, plugin, arguments);
        Assert.True(code == 0, $"lathe {string.Join(' ', arguments)} ended with {code}\n{printed}");
        return printed;
    }

    private static string Model(string name) => Path.GetFullPath(CProgram.Repository("tests", "models", name));
}
