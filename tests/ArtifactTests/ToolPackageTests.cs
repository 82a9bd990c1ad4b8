using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lathe.ArtifactTests;

/// <summary>The tool as it is handed on: a package of dotnet tool, and the list of what it is made of.</summary>
public sealed partial class ToolPackageTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [LongFact]
    public void Dotnet_tool_installs_it_from_the_package_alone()
    {
        using var packages = new DotnetPackages();
        packages.Shell(scratch.Folder, "dotnet tool install lathe --tool-path tools --source $PACKAGES");
        Assert.Equal(Version(), packages.Shell(scratch.Folder, "tools/lathe --version").Trim());
        packages.Shell(scratch.Folder, "tools/lathe compile $MODELS/opt_mnist -o out --name digits -q && tools/lathe verify-artifact out/libdigits.so --model $MODELS/opt_mnist");
        // A manifest of a repository pins it.
        packages.Shell(scratch.Folder, "dotnet new tool-manifest && dotnet tool install lathe --source $PACKAGES");
        Assert.Equal(Version(), packages.Shell(scratch.Folder, "dotnet lathe --version").Trim());
    }

    /// <summary>What the tool's project restores, in the versions that the repository pins; the same bytes each time.</summary>
    [LongFact]
    public void The_bill_of_materials_names_every_package_in_its_version()
    {
        Tool.Run("bash", CProgram.Repository("build.sh"), "bill", scratch["bill"]);
        var file = Assert.Single(Directory.GetFiles(scratch["bill"]));
        using var bill = JsonDocument.Parse(File.ReadAllBytes(file));
        Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());
        Assert.Equal(Version(), bill.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("version").GetString());
        var listed = bill.RootElement.GetProperty("components").EnumerateArray().ToDictionary(c => c.GetProperty("name").GetString()!, c => c.GetProperty("version").GetString(), StringComparer.Ordinal);
        var pinned = Pin().Matches(File.ReadAllText(CProgram.Repository("Directory.Packages.props"))).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value, StringComparer.Ordinal);
        foreach (var name in new[] { "Antlr4.Runtime.Standard", "Google.Protobuf", "Microsoft.CodeAnalysis.CSharp", "System.CommandLine", "StbImageSharp", "BitMiracle.LibJpeg.NET" }) Assert.Equal(pinned[name], listed[name]);
        Assert.DoesNotContain("xunit", listed.Keys);
        var first = File.ReadAllBytes(file);
        Tool.Run("bash", CProgram.Repository("build.sh"), "bill", scratch["bill"]);
        Assert.Equal(first, File.ReadAllBytes(file));
    }

    internal static string Version() => Regex.Match(File.ReadAllText(CProgram.Repository("Directory.Build.props")), "<Version>(.*)</Version>").Groups[1].Value;

    [GeneratedRegex("""<PackageVersion Include="([^"]+)" Version="([^"]+)" />""")]
    private static partial Regex Pin();
}
