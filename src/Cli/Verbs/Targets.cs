using Lathe.Codegen.Llvm;

namespace Lathe.Cli.Verbs;

[Description("lists the processors that code can be made for, as --cpu names them, and their systems, as --triple does")]
public sealed record Targets(ListingForm Form) : Verb
{
    private static readonly string[] Titles = ["cpu", "architecture", "vector_bits", "features", "triples"];

    public override ExitCode Execute(Session session)
    {
        var named = CpuModel.All.Select(model => (string[])
        [
            model.Name, model.Architecture.Name,
            (8 * new CpuTarget(Triples(model.Architecture)[0], model.Name, model.Architecture.BaseFeatures).VectorBytes).ToString(CultureInfo.InvariantCulture),
            string.Join(' ', model.Features.Order(StringComparer.Ordinal)), string.Join(' ', Triples(model.Architecture)),
        ]);
        return Listing.Write(session, Form, "targets", Titles, Host() is { } host ? named.Prepend(host) : named);
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
