using Lathe.Cli.Seeing;
using Lathe.Codegen.Llvm;

namespace Lathe.Cli;

/// <summary>What became of a model, as one page for a browser with nothing outside it. No clock and no path.</summary>
internal static class ReportPage
{
    /// <param name="target">The processor that expectations are of.</param>
    public static string Print(CompileReport report, ModelBuild build, PassTrail trail, CpuTarget target) => ModelPage.Print($"{report.Name} for {report.Cpu}",
        Html.Table(["", "bytes"], report.Space.Select(s => (IEnumerable<string>)[Html.Cell(s.What), Html.Cell(s.Bytes)])), report.Program, trail, new(report.Program, build.Paces, build.Machine(target)), build);
}
