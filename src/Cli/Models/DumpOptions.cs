using Lathe.Codegen.Llvm;
using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>What a compile shows of its way.</summary>
public sealed record DumpOptions(
    [Option("print the program as it goes into a pass", Value = "PASS")] Seq<string> PrintIrBefore = default,
    [Option("print the program as a pass leaves it; import is what was read", Value = "PASS")] Seq<string> PrintIrAfter = default,
    [Option("write the program after every pass here, a numbered file each that lathe opt reads", Value = "DIR")] string? DumpIr = null,
    [Option("end after this pass: nothing is built", Value = "PASS")] string? StopAfter = null)
{
    /// <summary>Prints and dumps as asked, beginning with what was imported.</summary>
    /// <exception cref="UsageException">No pass is called so.</exception>
    internal IPassObserver Observer(TextWriter output, ModelSource source, Seq<Pass> passes)
    {
        foreach (var name in PrintIrBefore.Concat(PrintIrAfter).Append(StopAfter ?? ModelSource.Import).Where(name => name != ModelSource.Import)) PassText.Place(passes, name);
        return new Dumps(this, output, source, passes);
    }

    /// <summary>Writes a text that reads back, and the weights it names beside it.</summary>
    internal static void Write(string path, Module module, string hash, string after)
    {
        OutputFile.Write(path, ModelSource.Print(module, hash, after));
        WeightFolder.Beside(path).Keep(module.Graph is { } graph ? IrText.Outside(graph) : IrText.Outside(module.MustBeProgram));
    }

    private sealed class Dumps : IPassObserver
    {
        private readonly DumpOptions options;
        private readonly TextWriter output;
        private readonly string hash;
        private readonly Seq<Pass> passes;
        private Module before;
        private string previous;

        public Dumps(DumpOptions options, TextWriter output, ModelSource source, Seq<Pass> passes)
        {
            (this.options, this.output, before, previous, hash, this.passes) = (options, output, source.Module, source.After, source.Hash, passes);
            if (options.DumpIr is not null) Directory.CreateDirectory(options.DumpIr);
            After(source.After, 0, source.Module);
        }

        public void Ran(Pass pass, int number, Module module, TimeSpan time)
        {
            var name = Pipeline.Label(passes, Enumerable.Range(0, passes.Count).First(i => ReferenceEquals(passes[i], pass)));
            if (options.PrintIrBefore.Contains(name)) output.Write(ModelSource.Print(before, hash, previous));
            After(name, number, module);
            (before, previous) = (module, name);
        }

        private void After(string pass, int number, Module module)
        {
            if (options.PrintIrAfter.Contains(pass)) output.Write(ModelSource.Print(module, hash, pass));
            if (options.DumpIr is not null) Write(Path.Combine(options.DumpIr, string.Create(CultureInfo.InvariantCulture, $"{number:00}-{pass}{ModelSource.TextEnding}")), module, hash, pass);
        }
    }
}
