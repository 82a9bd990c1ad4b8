using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace Lathe.OnnxTests.Backend;

/// <summary>ONNX's own cases, against the list of those that have passed before (<c>passing.txt</c>). <c>BLESS=1</c> adds what has begun to pass.</summary>
public sealed class BackendTests(ITestOutputHelper output)
{
    [BackendFact]
    public void What_has_passed_still_passes()
    {
        var before = File.Exists(BackendCases.PassingFile) ? File.ReadAllLines(BackendCases.PassingFile).ToHashSet(StringComparer.Ordinal) : [];
        var all = BackendCases.All();
        var faults = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        Parallel.ForEach(all, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, name =>
        {
            if (new BackendCase(Path.Combine(BackendCases.Folder!, name)).Fault() is { } fault) faults[name] = fault;
        });
        var begun = all.Where(name => !faults.ContainsKey(name) && !before.Contains(name)).ToList();
        foreach (var (name, fault) in faults.OrderBy(f => f.Key, StringComparer.Ordinal)) output.WriteLine($"{name}: {fault}");
        output.WriteLine($"{all.Count - faults.Count} of {all.Count} cases pass, {Environment.CpuUsage.TotalTime.TotalSeconds:F0} s of processor time");
        foreach (var name in begun) output.WriteLine($"has begun to pass: {name} (BLESS=1 adds it to passing.txt)");
        if (Environment.GetEnvironmentVariable("BLESS") == "1" && begun.Count > 0) File.WriteAllLines(BackendCases.PassingFile, before.Concat(begun).Order(StringComparer.Ordinal));
        var broken = before.Where(name => !all.Contains(name) || faults.ContainsKey(name)).Order(StringComparer.Ordinal).ToList();
        Assert.True(broken.Count == 0, "cases that passed before do not:\n" + string.Join("\n", broken.Select(name => $"{name}: {faults.GetValueOrDefault(name, "there is no such case")}")));
    }
}
