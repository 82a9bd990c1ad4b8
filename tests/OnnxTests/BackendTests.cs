using System.Collections.Concurrent;
using Lathe.Ir;
using Xunit.Abstractions;

namespace Lathe.OnnxTests;

/// <summary>ONNX's own cases through the importer and the interpreter: a case passes, or needs what is not supported and is told so.</summary>
public sealed class BackendTests(ITestOutputHelper output)
{
    /// <summary>Cases of all folders that pass today; it only ever grows.</summary>
    private const int Floor = 940;

    [SharedModelsFact("onnx-backend")]
    public void Cases_pass_or_say_what_is_missing()
    {
        BackendCase[] cases = [.. Directory.EnumerateFiles(SharedModels.Root("onnx-backend"), "model.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => new BackendCase(Path.GetDirectoryName(f)!))];
        var (passed, failed, missing) = (new ConcurrentBag<string>(), new ConcurrentBag<string>(), new ConcurrentDictionary<string, int>(StringComparer.Ordinal));
        Parallel.ForEach(cases, one =>
        {
            try
            {
                if (one.Run() is { } fault) failed.Add($"{one.Name}: {fault}");
                else passed.Add(one.Name);
            }
            catch (DiagnosticException e) { foreach (var code in e.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Code).Distinct()) missing.AddOrUpdate(code, 1, (_, n) => n + 1); }
            catch (Exception e) when (e is not DiagnosticException) { failed.Add($"{one.Name}: {e.GetType().Name}: {e.Message}"); }
        });
        output.WriteLine($"{cases.Length} cases, {passed.Count} passed, {failed.Count} failed; not supported: {string.Join(", ", missing.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {m.Value}"))}");
        Assert.True(failed.IsEmpty, string.Join("\n", failed.Order(StringComparer.Ordinal)));
        Assert.True(passed.Count >= Floor, $"{passed.Count} cases pass, {Floor} did before");
    }
}
