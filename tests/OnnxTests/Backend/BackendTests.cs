using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Lathe.Ir;
using Lathe.Onnx;
using Xunit.Abstractions;

namespace Lathe.OnnxTests.Backend;

/// <summary>
/// ONNX's own cases, against the lists of those that have passed before: as machine code (<c>passing.txt</c>), on the host
/// (<c>passing_host.txt</c>), with open extents and as constants (<c>passing_open.txt</c>, <c>passing_constant.txt</c>), as kernels for a GPU run by the processor (<c>passing_gpu.txt</c>). <c>BLESS=1</c> adds what has begun to pass.
/// </summary>
public sealed class BackendTests(ITestOutputHelper output)
{
    /// <summary>Of the cases in other forms, one in so many is run every time; all of them are under --all.</summary>
    private const int Sample = 16;

    [BackendFact]
    public void What_has_passed_still_passes()
    {
        var onHost = new ConcurrentBag<string>();
        var faults = Run(BackendCases.All(), CaseForm.Given, onHost);
        var all = BackendCases.All();
        var host = onHost.ToHashSet(StringComparer.Ordinal);
        output.WriteLine($"{host.Count} of them on the host");
        Judge([.. all.Where(name => !host.Contains(name))], faults, BackendCases.PassingFile);
        Judge([.. all.Where(host.Contains)], faults, BackendCases.Passing("host"));
    }

    [BackendFact]
    public void A_sample_passes_with_open_extents() => Sampled(CaseForm.Open);

    [BackendFact]
    public void A_sample_passes_with_constants() => Sampled(CaseForm.Constant);

    [BackendFact]
    public void A_sample_passes_as_GPU_kernels_on_the_processor() => Sampled(CaseForm.Gpu);

    [LongFact]
    public void What_has_passed_as_GPU_kernels_still_does() => Whole(CaseForm.Gpu);

    [LongFact]
    public void What_has_passed_with_open_extents_still_does() => Whole(CaseForm.Open);

    [LongFact]
    public void What_has_passed_with_constants_still_does() => Whole(CaseForm.Constant);

    /// <summary>Seconds until a refusal counts as slow, on a machine that has other things to do; alone it takes a few milliseconds.</summary>
    private const double Patience = 5;

    /// <summary>What does not compile is refused in a moment, by codes and with the places in the model.</summary>
    [BackendFact]
    public void What_does_not_compile_says_why_and_where()
    {
        var native = File.ReadAllLines(BackendCases.PassingFile).ToHashSet(StringComparer.Ordinal);
        var (faults, refused) = (new List<string>(), 0);
        foreach (var name in BackendCases.All().Where(name => !native.Contains(name)))
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            try { OnnxModel.Load(Path.Combine(BackendCases.Folder!, name, "model.onnx")); }
            catch (DiagnosticException e)
            {
                refused++;
                var errors = e.Diagnostics.Where(d => d.Severity == Severity.Error).ToList();
                if (errors.Count == 0 || errors.Exists(d => !Regex.IsMatch(d.Code, @"^LT\d{4}$") || d.Where == "" || d.Message == "")) faults.Add($"{name}: {e.Message}");
            }
            catch (Exception e) { faults.Add($"{name}: {e}"); }
            if (clock.Elapsed.TotalSeconds > Patience) faults.Add($"{name}: {clock.Elapsed.TotalSeconds:F1} s");
        }
        output.WriteLine($"{refused} cases are refused");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private void Sampled(CaseForm form) => All(form, [.. BackendCases.All().Where((_, i) => i % Sample == 0)]);

    private void Whole(CaseForm form)
    {
        if (BackendCases.Folder is not null) All(form, BackendCases.All());
    }

    private void All(CaseForm form, IReadOnlyList<string> cases) => Judge(cases, Run(cases, form, []), BackendCases.Passing(form.ToString().ToLowerInvariant()));

    private ConcurrentDictionary<string, string> Run(IReadOnlyList<string> cases, CaseForm form, ConcurrentBag<string> onHost)
    {
        var faults = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, name =>
        {
            var one = new BackendCase(Path.Combine(BackendCases.Folder!, name), form);
            if (one.Fault() is { } fault) faults[name] = fault;
            if (one.IsOnHost) onHost.Add(name);
        });
        foreach (var (name, fault) in faults.OrderBy(f => f.Key, StringComparer.Ordinal)) output.WriteLine($"{name}: {fault}");
        output.WriteLine($"{form}: {cases.Count - faults.Count} of {cases.Count} cases pass, {Environment.CpuUsage.TotalTime.TotalSeconds:F0} s of processor time");
        return faults;
    }

    /// <summary>Whether docs/operators.md says why a case does not pass.</summary>
    private static bool HasReason(string name) => OperatorList.LeftCases.SelectMany(l => l.Cases.Split(", ")).Any(pattern => Regex.IsMatch(name, $"/{pattern}$"));

    /// <summary>Compares with a list of what has passed before.</summary>
    private void Judge(IReadOnlyList<string> all, ConcurrentDictionary<string, string> faults, string list)
    {
        var before = File.Exists(list) ? File.ReadAllLines(list).Where(BackendCases.IsWanted).ToHashSet(StringComparer.Ordinal) : [];
        var begun = all.Where(name => !faults.ContainsKey(name) && !before.Contains(name)).ToList();
        foreach (var name in begun) output.WriteLine($"has begun to pass: {name} (BLESS=1 adds it to {Path.GetFileName(list)})");
        if (Environment.GetEnvironmentVariable("BLESS") == "1" && begun.Count > 0) File.WriteAllLines(list, (File.Exists(list) ? File.ReadAllLines(list) : []).Concat(begun).Order(StringComparer.Ordinal));
        var gone = before.Except(BackendCases.All());
        var broken = all.Where(name => before.Contains(name) && faults.ContainsKey(name)).Concat(gone).Order(StringComparer.Ordinal).ToList();
        var silent = all.Where(name => faults.ContainsKey(name) && !HasReason(name)).ToList();
        foreach (var name in silent) output.WriteLine($"does not pass, and docs/operators.md does not say why: {name}");
        Assert.True(broken.Count == 0, "cases that passed before do not:\n" + string.Join("\n", broken.Select(name => $"{name}: {faults.GetValueOrDefault(name, "there is no such case")}")));
    }
}
