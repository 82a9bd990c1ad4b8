using Lathe.Codegen.Llvm;

namespace Lathe.Cli.Verbs;

[Description("lists the processors that code can be made for, as --cpu names them, and their systems, as --triple does; measures this one for the cost model")]
[Example("lathe targets --calibrate -o machine.txt", "what this machine does, for lathe compile --machine machine.txt")]
public sealed record Targets(
    ListingForm Form,
    [Option("measure this machine, some seconds: arithmetic by width of vectors, reading by level of memory, handing over work. The table is what --machine takes")] bool Calibrate = false,
    [Option("where the measured table goes, instead of to the output", "-o", Value = "FILE")] string? Output = null) : Verb
{
    private static readonly string[] Titles = ["cpu", "architecture", "vector_bits", "features", "triples"];

    public override ExitCode Execute(Session session)
    {
        if (Calibrate) return Measured(session);
        if (Output is not null) throw new UsageException("-o says where a measured table goes, which is not asked for", "lathe targets --calibrate -o FILE");
        var named = CpuModel.All.Select(model => (string[])
        [
            model.Name, model.Architecture.Name,
            (8 * new CpuTarget(Triples(model.Architecture)[0], model.Name, model.Architecture.BaseFeatures).VectorBytes).ToString(CultureInfo.InvariantCulture),
            string.Join(' ', model.Features.Order(StringComparer.Ordinal)), string.Join(' ', Triples(model.Architecture)),
        ]);
        named = named.Concat(PluginTargets.All.Select(t => (string[])[t.Name, "plugin", "", t.Target.Description, "compile --target"]));
        return Listing.Write(session, Form, "targets", Titles, Host() is { } host ? named.Prepend(host) : named);
    }

    private ExitCode Measured(Session session)
    {
        if (Form.Json || Form.Markdown) throw new UsageException("a measured table has a form of its own, which --machine reads", "leave out --json and --markdown");
        var text = MachineCalibration.Print(MachineCalibration.Measure(session));
        if (Output is null) session.Output.Write(text);
        else OutputFile.Write(Output, text);
        return ExitCode.Done;
    }

    private static List<string> Triples(CpuArchitecture architecture) => [.. TargetSystem.All.SelectMany(system => system.Triples).Where(triple => CpuArchitecture.Of(triple) == architecture)];

    /// <summary>This machine; nothing where LLVM, which knows it, is not installed.</summary>
    private static string[]? Host()
    {
        try
        {
            var host = CpuTarget.Host;
            return ["host", host.Architecture.Name, (8 * host.VectorBytes).ToString(CultureInfo.InvariantCulture), $"this machine: {host.Cpu}", host.Triple];
        }
        catch (ToolMissingException) { return null; }
    }
}
