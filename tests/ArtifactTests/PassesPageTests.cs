using System.Text.RegularExpressions;

namespace Lathe.ArtifactTests;

/// <summary>docs/passes.md as a stranger follows it: an empty folder, an empty home, and the packages. Templates bring the projects and their tests.</summary>
public sealed partial class PassesPageTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [LongFact]
    public void The_page_on_passes_followed_word_for_word_runs_both_passes()
    {
        Install();
        var page = File.ReadAllText(CProgram.Repository("docs", "passes.md"));
        var blocks = Block().Matches(page[page.IndexOf("## Ten minutes", StringComparison.Ordinal)..page.IndexOf("## What a plugin may hold", StringComparison.Ordinal)]).Select(m => (Kind: m.Groups[1].Value, Text: m.Groups[2].Value)).ToList();
        Assert.Equal(["sh", "sh", "csharp", "sh"], blocks.Select(b => b.Kind));
        var first = Shell(blocks[1].Text);
        Assert.Contains("acme.drop_idle_relu", first, StringComparison.Ordinal);
        Assert.Matches(@"Passed! +- Failed: +0, Passed: +1,", first);
        Assert.Contains("\"plugin_acme_sha256\"", File.ReadAllText(scratch["empty/out/opt_mnist.json"]), StringComparison.Ordinal);
        File.WriteAllText(scratch["empty/Acme/DropIdleRelu.cs"], blocks[2].Text);
        File.Delete(scratch["empty/Acme.Tests/DropIdleReluTests.cs"]);
        var second = Shell(blocks[3].Text);
        Assert.Contains("note ACME1: ", second, StringComparison.Ordinal);
        Assert.Contains("200 weights", second, StringComparison.Ordinal);
        Assert.Contains("3200 weights", second[second.LastIndexOf("Elapsed", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("graph ", File.ReadAllText(scratch["empty/after.lir"]), StringComparison.Ordinal);
    }

    [LongTheory]
    [InlineData("lathe-op", "lathe ops", "SquaredRelu")]
    [InlineData("lathe-encoding", "lathe compile ~/lathe/tests/models/opt_mnist -o out -q --objective size --quantize 'acme.powers axis=0' --print-ir-after=quantize", "acme.powers")]
    public void Other_templates_build_and_pass_their_tests(string template, string command, string prints)
    {
        Install();
        Assert.Matches(@"Passed! +- Failed: +0, Passed: +1,", Shell($"dotnet new {template} -n Acme -o . --packages ~/lathe/artifacts/pack/nuget\ndotnet build Acme\ndotnet test Acme.Tests"));
        Assert.Contains(prints, Shell($"{command} --plugin Acme/bin/Debug/net10.0/Acme.dll"), StringComparison.Ordinal);
    }

    /// <summary>What the page's first lines do, of what is built already.</summary>
    private void Install()
    {
        Directory.CreateDirectory(scratch["home/lathe/artifacts/pack/nuget"]);
        Directory.CreateSymbolicLink(scratch["home/lathe/tests"], Path.GetFullPath(CProgram.Repository("tests")));
        foreach (var project in new[] { "Sdk", "Templates" })
            Tool.Run("dotnet", "pack", CProgram.Repository("src", project), "-c", "Release", "--no-build", "-p:BuildProjectReferences=false", "-v", "q", "-o", scratch["home/lathe/artifacts/pack/nuget"]);
        File.WriteAllText(scratch["home/lathe/artifacts/lathe"], $"#!/bin/sh\nexec {Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release", "lathe"))} \"$@\"\n");
        Tool.Run("chmod", "+x", scratch["home/lathe/artifacts/lathe"]);
        Directory.CreateDirectory(scratch["empty"]);
        Shell("dotnet new install ~/lathe/artifacts/pack/nuget/Lathe.Templates.0.1.0.nupkg");
    }

    private string Shell(string commands)
    {
        var start = new System.Diagnostics.ProcessStartInfo("bash", ["-ec", $"export PATH=$PATH:$HOME/lathe/artifacts\n{commands}"]) { WorkingDirectory = scratch["empty"], RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || k.StartsWith("NUGET_PACKAGES", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["HOME"] = start.Environment["DOTNET_CLI_HOME"] = scratch["home"];
        start.Environment["DOTNET_NOLOGO"] = start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1"; // no process of the test outlives it
        start.Environment["UseSharedCompilation"] = "false";
        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{commands}\nended with {process.ExitCode}\n{printed}{errors.Result}");
        return printed + errors.Result;
    }

    [GeneratedRegex("```([a-z]*)\\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
