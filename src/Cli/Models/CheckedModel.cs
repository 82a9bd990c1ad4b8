using Lathe.Passes;

namespace Lathe.Cli;

/// <summary>A model under test: its graph, and what runs it.</summary>
internal sealed class CheckedModel : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <exception cref="DiagnosticException">It cannot be compiled.</exception>
    public CheckedModel(Session session, CodeOptions code, string path, RunOptions run, Seq<(string Input, Tensor Contents)> constants = default)
    {
        try
        {
            var build = new ModelBuild(session, code);
            Source = build.Read(path, constants);
            build.Observers.Add(new Compressions(module => Compressed = Source with { Module = module }));
            Runs = run.Backend == Backend.Reference ? new ReferenceModel(Source) : code.IsForGpu ? new GpuModel(session, build, code.Device!, Source) : run.Load(build.Library(Source, ModelPath.NameOf(path), folder.Path), code, folder.Path, session.Cancellation);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public ModelSource Source { get; }

    /// <summary>The model after the last pass that trades accuracy: what its code is judged by. Null where none ran.</summary>
    public ModelSource? Compressed { get; private set; }

    public RunnableModel Runs { get; }

    public void Dispose()
    {
        Runs.Dispose();
        folder.Dispose();
    }

    private sealed class Compressions(Action<Module> keep) : IPassObserver
    {
        public void Ran(Pass pass, int number, Module module, TimeSpan time)
        {
            if (pass.Stage == Stage.Compress) keep(module);
        }
    }
}
