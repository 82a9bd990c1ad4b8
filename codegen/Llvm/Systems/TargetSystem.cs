namespace Lathe.Codegen.Llvm;

/// <summary>A system that artifacts are made for: what its object format, its linker and its loader ask for. The one place that knows; all else goes by these members.</summary>
public abstract class TargetSystem
{
    public static IReadOnlyList<TargetSystem> All { get; } = [new Linux(), new WebAssembly(), new Windows(), new MacOs()];

    /// <summary>What runs on most machines that compile.</summary>
    public static TargetSystem Default => All[0];

    /// <summary>The system of a triple such as <c>aarch64-linux-gnu</c>.</summary>
    /// <exception cref="ArgumentException">No artifacts are made for it.</exception>
    public static TargetSystem Of(string triple)
    {
        var architecture = CpuArchitecture.Of(triple);
        return All.FirstOrDefault(system => system.Architectures.Contains(architecture) && system.Is([.. triple.Split('-').Skip(1)]))
            ?? throw new ArgumentException($"triple: artifacts are not made for '{triple}'; they are for {string.Join(", ", All.SelectMany(system => system.Triples))}");
    }

    /// <summary>In messages and lists.</summary>
    public abstract string Name { get; }

    /// <summary>Triples of it, one for each processor and ABI.</summary>
    public abstract IReadOnlyList<string> Triples { get; }

    public abstract IReadOnlyList<CpuArchitecture> Architectures { get; }

    /// <summary>Whether a triple's parts behind the architecture say it.</summary>
    protected abstract bool Is(IReadOnlyList<string> parts);

    /// <summary>The file that programs load.</summary>
    public abstract string SharedFile(string name);

    /// <summary>The archive that programs are linked with.</summary>
    public abstract string StaticFile(string name);

    /// <summary>What programs are linked with that load the shared library; null: the library itself.</summary>
    public virtual string? ImportFile(string name) => null;

    /// <summary>Whether a file can be mapped into memory by the code itself: weights may then lie beside the library.</summary>
    public virtual bool MapsFiles => false;

    /// <summary>Whether the built-in thread pool is at home there.</summary>
    public virtual bool HasPool => false;

    /// <summary>Whether a library may lie anywhere in memory.</summary>
    public virtual bool IsPositionIndependent => true;

    /// <summary>What every machine of the system has, as far as generated code may call it.</summary>
    public abstract IReadOnlyList<SystemLibrary> Libraries { get; }

    /// <summary>The same in words, for people who link; nothing where a library brings all.</summary>
    public abstract string Needs { get; }

    /// <summary>Whether JavaScript loads it, and not programs.</summary>
    public virtual bool IsForJavaScript => false;

    /// <summary>Modules in LLVM assembly that a library needs beside the model's own.</summary>
    /// <param name="isShared">Whether it is linked already, so that no compiler of the program's brings its own part.</param>
    public virtual IReadOnlyList<(string Name, string Text)> Support(CpuArchitecture architecture, bool isShared) => [];

    /// <summary>Linkers in the order they are preferred.</summary>
    /// <param name="isForeign">Whether the processor is another than this machine's.</param>
    public abstract IReadOnlyList<string> Linkers(CpuArchitecture architecture, bool isForeign);

    /// <summary>The environment's variable by which a user names another.</summary>
    public abstract string LinkerVariable { get; }

    /// <summary>Reads the symbols of an object.</summary>
    /// <exception cref="InvalidDataException">The file is not an object of this system.</exception>
    public abstract ObjectSymbols Symbols(string path);

    /// <summary>What of an object a program loads.</summary>
    public abstract LoadedParts Loaded(byte[] obj);

    /// <summary>The functions of an object; null where objects of the system are not read so far.</summary>
    internal virtual ObjectFunctions? Functions(byte[] obj) => null;

    /// <summary>Writes an object that holds read-only data under one symbol, aligned to 64 bytes and seen by the objects of one library only.</summary>
    /// <param name="length">Bytes of data.</param>
    /// <param name="data">Writes them.</param>
    public abstract void WriteData(Stream output, CpuArchitecture architecture, long length, string symbol, Action<Stream> data);

    /// <summary>Links a shared library.</summary>
    internal abstract void Link(LinkJob job);

    /// <summary>Writes the file that programs are linked with.</summary>
    internal virtual void LinkImports(LinkJob job) => throw new InvalidOperationException($"{Name} has no import libraries");

    /// <summary>Writes objects into one static library.</summary>
    internal virtual void LinkArchive(LinkJob job) => StaticArchive.Write(job.Objects, job.Output, this);

    /// <summary>The command that a program's path is put behind to run it on this machine.</summary>
    /// <param name="searchPath">Folders, in the form of PATH.</param>
    /// <exception cref="ToolMissingException">Nothing here runs it.</exception>
    public abstract IReadOnlyList<string> Runner(CpuArchitecture architecture, string searchPath);

    /// <summary>How to get one.</summary>
    public abstract string RunnerPackages(CpuArchitecture architecture);

    /// <summary>Writes the program that a <see cref="Remote.RemoteProcess"/> talks to.</summary>
    public abstract void WriteServer(CpuTarget target, string path);

    /// <summary>The first of some files that is on a search path.</summary>
    protected static string? On(IEnumerable<string> searchPaths, params IReadOnlyList<string> names) => On(string.Join(Path.PathSeparator, searchPaths), names);

    /// <summary>The first of some files that is on a search path.</summary>
    protected static string? On(string searchPath, params IReadOnlyList<string> names) =>
        names.SelectMany(name => searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
