using System.Runtime.CompilerServices;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.FileTests;

/// <summary>Every operator, pass and rule has a file test that shows what it makes of something small.</summary>
public sealed class CoverageTests
{
    [Fact]
    public void Every_operator_has_one() => AssertAll("ops", Operators.All.Select(type => RecordText.Snake(type.Name)), "lathe opt NAME.lir --passes lower | sed -n '/^kernel/,$p'");

    [Fact]
    public void Every_pass_has_one() => AssertAll("passes", PassList.All().Select(pass => pass.Name), "lathe opt NAME.lir --passes NAME");

    [Fact]
    public void Every_rule_has_one() => AssertAll("rules", Simplify.Rules.Select(rule => rule.Name), "lathe opt NAME.lir --passes simplify");

    private static void AssertAll(string folder, IEnumerable<string> names, string command)
    {
        var missing = names.Where(name => !File.Exists(Path.Combine(Folder(), folder, $"{name}.test"))).ToList();
        Assert.True(missing.Count == 0, $"no tests/filetests/{folder}/{{{string.Join(", ", missing)}}}.test: write a graph of it and the line '$ {command}', then run with BLESS=1");
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "filetests"));
}
