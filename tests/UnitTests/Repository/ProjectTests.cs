using System.Xml.Linq;

namespace Lathe.UnitTests.Repository;

/// <summary>The order of the house: grammars, ir, passes, codegen, and what stands on them.</summary>
public sealed class ProjectTests
{
    /// <summary>What each project of the product may refer to; everything else is refused.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["grammars"] = [],
        ["ir"] = ["grammars"],
        ["passes"] = ["ir"],
        ["codegen"] = ["passes"],
        ["src/Onnx"] = ["ir", "src/Runtime", "src/Images"],
        ["src/Images"] = ["src/Runtime"],
        ["src/Tensors"] = ["src/Runtime"],
        ["src/Runtime"] = [],
        ["src/Build"] = [],
        ["src/Cli"] = ["src/Onnx", "src/Runtime", "src/Sdk", "codegen"],
        ["src/Compiler"] = ["src/Cli", "src/Runtime"],
        ["src/Sdk"] = ["passes"],
        ["src/Templates"] = [],
        ["codegen/Compat/ILGPU"] = [],
        ["codegen/Compat/LLVMSharp"] = [],
        ["tests/Compat/Verify"] = [],
    };

    /// <summary>Samples, templates and sample plugins are a user's projects: they stand on their own, and name the packages that they take.</summary>
    private static IReadOnlyList<string> Projects => [.. Checkout.Files("*.csproj").Where(project => !Own.Any(folder => project.StartsWith(folder, StringComparison.Ordinal)))];

    private static readonly string[] Own = ["src/Samples/", "src/Templates/content/", "tests/Plugins/"];

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Checkout.Root, "Compiler.sln")).Replace('\\', '/');
        Assert.All(Projects, project => Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Projects_refer_only_to_what_stands_below_them()
    {
        var wrong = from project in Projects
                    where !IsTest(project)
                    from reference in References(project)
                    where !(Allowed.TryGetValue(Folder(project), out var below) && below.Contains(reference))
                    select $"{Folder(project)} -> {reference}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_place()
    {
        var wrong = Projects.Where(project => Load(project).Descendants("PackageReference").Any(package => package.Attribute("Version") is not null));
        Assert.Empty(wrong);
    }

    private static bool IsTest(string project) => project.StartsWith("tests/", StringComparison.Ordinal) && !Allowed.ContainsKey(Folder(project));

    private static string Folder(string project) => project[..project.LastIndexOf('/')];

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Checkout.Root, project));

    private static IEnumerable<string> References(string project) =>
        from reference in Load(project).Descendants("ProjectReference")
        let path = Path.GetFullPath(Path.Combine(Checkout.Root, Folder(project), reference.Attribute("Include")!.Value.Replace('\\', '/')))
        select Folder(Path.GetRelativePath(Checkout.Root, path).Replace('\\', '/'));
}
