using System.IO.Compression;

namespace Lathe.ArtifactTests;

/// <summary>A plugin that uses a library which is none: from its folder, from one package with it, from a package that names another.</summary>
public sealed class PluginPackageTests(PluginBuild plugins) : IClassFixture<PluginBuild>, IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void A_library_beside_a_plugin_is_loaded_with_it()
    {
        Directory.CreateDirectory(scratch["bin"]);
        foreach (var name in new[] { "Counted", "Tally" }) File.Copy(Path.Combine(Path.GetDirectoryName(plugins.Of("Counted"))!, $"{name}.dll"), scratch[$"bin/{name}.dll"]);
        string[] command = ["compile", Model, "-o", "out", "-q", "--plugin", "bin/Counted.dll", "-MD"];
        var (printed, code) = plugins.Run(scratch.Folder, null, command);
        Assert.True(code == 0, printed);
        Assert.Matches(@"note LTS001: \w+: [|/ ]+\n", printed);
        // What a compile follows from: the library too.
        Assert.Contains("\"plugin_counted_Tally.dll_sha256\": \"", File.ReadAllText(Directory.GetFiles(scratch["out"], "*.json").Single()), StringComparison.Ordinal);
        Assert.Contains("bin/Tally.dll", File.ReadAllText(Directory.GetFiles(scratch["out"], "*.d").Single()), StringComparison.Ordinal);
        File.Delete(scratch["bin/Tally.dll"]);
        (printed, code) = plugins.Run(scratch.Folder, null, command);
        Assert.Equal(1, code);
        Assert.Contains("error LT0205: Counted.dll: it needs Tally 1.0.0.0, which did not come with it", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void One_package_holds_a_plugin_and_a_library()
    {
        // The layout of a restored package: what is under test is which of two assemblies is the plugin.
        Package("acme.both", "2.0.0", "", "Counted", "Tally");
        Assert.Contains("counted.steps", Passes("Acme.Both", "2.0.0", 0), StringComparison.Ordinal);
        Package("acme.none", "1.0.0", "", "Tally");
        Assert.Contains("error LT0201: Acme.None 1.0.0: this package holds no plugin: Tally.dll does not reference Lathe.Sdk", Passes("Acme.None", "1.0.0", 1), StringComparison.Ordinal);
        Package("acme.empty", "1.0.0", "");
        Assert.Contains("error LT0201: Acme.Empty 1.0.0: this package holds no assembly for this version of .NET", Passes("Acme.Empty", "1.0.0", 1), StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_names_another_that_it_needs()
    {
        foreach (var name in new[] { "Counted", "Tally" }) Tool.Run("dotnet", "pack", CProgram.Repository("tests", "Plugins", name), "--no-build", "-c", "Debug", "-v", "q", "-o", scratch["feed"], "-p:PackageVersion=1.4.0");
        scratch.Write("Uses.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <RestoreSources>{scratch["feed"]};{plugins.Packages}</RestoreSources>
                <RestorePackagesPath>{scratch["restored"]}</RestorePackagesPath>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Counted" Version="1.4.0" />
              </ItemGroup>
            </Project>
            """);
        Tool.Run("dotnet", "restore", scratch["Uses.csproj"], "-v", "q");
        using (var file = ZipFile.OpenRead(scratch["feed/Counted.1.4.0.nupkg"])) Assert.DoesNotContain(file.Entries, e => e.Name == "Tally.dll");
        scratch.Write("lathe.json", """{"packages": {"Counted": "1.4.0"}}""");
        var (printed, code) = plugins.RunWith(scratch["restored"], scratch.Folder, null, "compile", Model, "-o", "out", "-q");
        Assert.True(code == 0, printed);
        Assert.Contains("note LTS001: ", printed, StringComparison.Ordinal);
        Directory.Delete(scratch["restored/tally"], recursive: true);
        Assert.Contains("error LT0205: Counted 1.4.0: Counted 1.4.0 needs package Tally (>= 1.4.0): none has been restored here", Passes("Counted", "1.4.0", 1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0.0", "counted.steps")] // the lowest that it takes
    [InlineData("[2.0,3.0)", "Counted.dll: it needs Tally 1.0.0.0, which did not come with it")] // 2.1.0, which holds nothing
    [InlineData("3.0.0", "Acme.Uses 1.0.0 needs package Acme.Tally (>= 3.0.0): here is 1.0.0, 2.1.0")]
    [InlineData("latest", "what this package needs cannot be read: 'latest' is no range of versions")]
    public void Of_versions_that_are_here_the_lowest_that_is_taken_is(string range, string said)
    {
        Package("acme.uses", "1.0.0", $"""<dependencies><group targetFramework=".NETStandard2.0" /><group targetFramework="net8.0"><dependency id="Acme.Tally" version="{range}" /><dependency id="System.Memory" version="4.5.5" /><dependency id="Acme.Analyzers" version="1.0.0" exclude="Runtime" /></group></dependencies>""", "Counted");
        Package("acme.tally", "1.0.0", "", "Tally");
        Package("acme.tally", "2.1.0", "");
        Assert.Contains(said, Passes("Acme.Uses", "1.0.0", range == "1.0.0" ? 0 : 1), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_asks_later_is_heard_too()
    {
        // Left takes any Acme.Tally, right only the second: both get that one.
        Package("acme.uses", "1.0.0", """<dependencies><dependency id="Acme.Left" version="1.0.0" /><dependency id="Acme.Right" version="1.0.0" /></dependencies>""", "Counted");
        Package("acme.left", "1.0.0", """<dependencies><dependency id="Acme.Tally" version="1.0.0" /></dependencies>""");
        Package("acme.right", "1.0.0", """<dependencies><dependency id="Acme.Tally" version="[2.0]" /></dependencies>""");
        Package("acme.tally", "1.0.0", "");
        Package("acme.tally", "2.0.0", "", "Tally");
        Assert.Contains("counted.steps", Passes("Acme.Uses", "1.0.0", 0), StringComparison.Ordinal);
        Package("acme.left", "1.0.0", """<dependencies><dependency id="Acme.Tally" version="(,2.0)" /></dependencies>""");
        Assert.Contains("error LT0205: Acme.Uses 1.0.0: Acme.Left 1.0.0 needs package Acme.Tally (< 2.0.0); Acme.Right 1.0.0 needs package Acme.Tally (= 2.0.0): here is 1.0.0, 2.0.0", Passes("Acme.Uses", "1.0.0", 1), StringComparison.Ordinal);
    }

    private string Passes(string id, string version, int expected)
    {
        scratch.Write("lathe.json", $$"""{"packages": {"{{id}}": "{{version}}"} }""");
        var (printed, code) = plugins.RunWith(scratch["restored"], scratch.Folder, null, "passes");
        Assert.True(code == expected, printed);
        return printed;
    }

    private void Package(string id, string version, string dependencies, params string[] assemblies)
    {
        Directory.CreateDirectory(scratch[$"restored/{id}/{version}/lib/net10.0"]);
        scratch.Write($"restored/{id}/{version}/{id}.nuspec", $"""<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>{id}</id><version>{version}</version>{dependencies}</metadata></package>""");
        foreach (var name in assemblies) File.Copy(Path.Combine(Path.GetDirectoryName(plugins.Of("Counted"))!, $"{name}.dll"), scratch[$"restored/{id}/{version}/lib/net10.0/{name}.dll"], overwrite: true);
    }

    private static string Model => Path.GetFullPath(CProgram.Repository("tests", "models", "opt_mnist"));
}
