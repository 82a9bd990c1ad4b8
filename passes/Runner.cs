using System.Diagnostics;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Told of each pass as it ends: prints, dumps, times.</summary>
public interface IPassObserver
{
    /// <param name="pass">What ran.</param>
    /// <param name="number">Its place in the order, from 1.</param>
    /// <param name="module">What it made; already verified.</param>
    /// <param name="time">What it took, the verifier aside.</param>
    void Ran(Pass pass, int number, Module module, TimeSpan time);
}

/// <summary>Runs passes one after another and verifies what each makes.</summary>
public sealed class Runner(Seq<Pass> passes, params Seq<IPassObserver> observers)
{
    /// <exception cref="InvalidOperationException">A pass broke the program: a bug of that pass.</exception>
    public Module Run(Module module, Compilation compilation)
    {
        var origins = Origins.Of(module);
        for (var i = 0; i < passes.Count; i++)
        {
            if (passes[i].Stage == Stage.Compress) compilation.Calibration ??= compilation.Calibrator?.Invoke(module.MustBeGraph);
            if (passes[i].Stage == Stage.Compress) compilation.Unseen ??= compilation.UnseenCalibrator?.Invoke(module.MustBeGraph);
            var watch = Stopwatch.StartNew();
            module = Run(passes[i], module, compilation);
            // A dump that is read back must take the same way from here on.
            if (module.Program is { } program) module = new(Canonical.Of(program));
            watch.Stop();
            Verify(passes[i], module, origins);
            foreach (var observer in observers) observer.Ran(passes[i], i + 1, module, watch.Elapsed);
        }
        return module;
    }

    /// <exception cref="DiagnosticException">LT0204: a plugin's pass failed.</exception>
    private static Module Run(Pass pass, Module module, Compilation compilation)
    {
        try { return pass.Run(module, compilation); }
        catch (Exception e) when (e is not (DiagnosticException or OperationCanceledException) && Vocabulary.PluginOf(pass.GetType().Assembly) is { } plugin)
        {
            throw Fault(plugin, $"pass {pass.Name} failed: {e.GetType().Name}: {e.Message}");
        }
    }

    private static DiagnosticException Fault(string plugin, string text) => new(new Diagnostic("LT0204", text, $"plugin {plugin}", "this is a bug of the plugin: lathe opt FILE.lir --passes NAME runs its pass alone"));

    private static void Verify(Pass pass, Module module, Origins origins)
    {
        Seq<string> faults = module.Graph is { } graph ? Verifier.Check(graph) : ProgramVerifier.Check(module.MustBeProgram);
        faults = [.. faults, .. origins.Check(module)];
        if (faults.Count == 0) return;
        var text = $"pass {pass.Name} broke the program:\n  {string.Join("\n  ", faults.Take(10))}";
        throw Vocabulary.PluginOf(pass.GetType().Assembly) is { } plugin ? Fault(plugin, text) : new InvalidOperationException(text);
    }
}
