using System.Reflection;
using System.Runtime.InteropServices;
using Lathe.Codegen.Gpu;
using Lathe.Codegen.Llvm;

namespace Lathe.Cli.Verbs;

[Description("checks what the tool needs of this machine, and says how to mend what is missing")]
public sealed record Doctor([Option("as JSON, with a version")] bool Json = false) : Verb
{
    /// <param name="Needed">What does not work without it; empty for what is good to have.</param>
    /// <param name="Remedy">What to do where it is not found.</param>
    private sealed record Check(string Name, bool Found, string Detail, string Needed, string Remedy);

    public override ExitCode Execute(Session session)
    {
        Check[] checks = [Llvm(), LinkerCheck(), Compiler(), Host(), .. Devices(), .. Runners()];
        session.Output.Write(Json ? AsJson(checks) : AsText(checks));
        return checks.Any(c => !c.Found && c.Needed != "") ? ExitCode.Fault : ExitCode.Done;
    }

    private static Check Llvm() => Tool("llvm", "compiling", () => $"{LlvmLibrary.Version} ({LlvmLibrary.Name})", "apt-get install libllvm19, or set LLVM_LIBRARY to the path of a libLLVM 19 or newer");

    private static Check LinkerCheck() => Tool("linker", "shared libraries",
        () => Linker.Find(CpuTarget.Host.Architecture, Environment.GetEnvironmentVariable("LATHE_LINKER"), SearchPath), "apt-get install lld-19, or set LATHE_LINKER to the path of a linker");

    private static Check Compiler()
    {
        var found = new[] { "cc", "gcc", "clang" }.SelectMany(name => SearchPath.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        return new("c compiler", found is not null, found ?? "not found", "", "apt-get install gcc libc6-dev; only programs that include an artifact's header need one");
    }

    private static Check Host() => Tool("processor", "--cpu=host",
        () => $"{CpuTarget.Host.Cpu}, {CpuTarget.Host.Triple}, vectors of {8 * CpuTarget.Host.VectorBytes} bits, {Environment.ProcessorCount} threads", "LLVM names the processor: install it first");

    /// <summary>What runs kernels of <c>--target=gpu</c>.</summary>
    private static IEnumerable<Check> Devices() => Enum.GetValues<GpuKind>().Select(kind => (Kind: kind, Found: GpuDevice.Found(kind)))
        .Select(d => new Check($"gpu {d.Kind.Word}", d.Found.Count > 0, d.Found.Count > 0 ? string.Join(", ", d.Found) : GpuDevice.Missing(d.Kind) is { Length: > 0 } missing ? $"no device: {missing}" : "no device", "",
            $"{GpuDevice.Remedy(d.Kind)}; only --target=gpu --gpu={d.Kind.Word} needs it"));

    /// <summary>What runs code for other processors here, to test it.</summary>
    private static IEnumerable<Check> Runners() => TargetSystem.All.SelectMany(system => system.Triples.Select(triple => (system, triple, CpuArchitecture.Of(triple)))).Where(t => !IsHost(t.triple) && t.system.RunnerPackages(t.Item3) != "").DistinctBy(t => (t.system, t.Item3))
        .Select(t => Tool(t.triple, "", () => string.Join(' ', t.system.Runner(t.Item3, SearchPath)), $"{t.system.RunnerPackages(t.Item3)}; only lathe run and verify with --triple {t.triple} need it"));

    private static bool IsHost(string triple)
    {
        try { return CpuTarget.OfTriple(triple).IsNative; }
        catch (ToolMissingException) { return false; } // LLVM, which knows the host, is not installed
    }

    private static Check Tool(string name, string needed, Func<string> find, string remedy)
    {
        try { return new(name, true, find(), needed, ""); }
        catch (ToolMissingException e) { return new(name, false, needed == "" ? "not found" : e.Message, needed, remedy); }
    }

    private static string SearchPath => Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>Which of the packages that have a subset in the repository this tool was built with.</summary>
    private static IEnumerable<(string Package, string Used)> Packages => typeof(Doctor).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Where(a => a.Key.StartsWith("package:", StringComparison.Ordinal)).Select(a => (a.Key["package:".Length..], a.Value == "true" ? "the package" : "the subset in the repository")).Order();

    private static string AsText(Check[] checks)
    {
        var rows = checks.Select(c => (string[])[c.Found ? "ok" : c.Needed == "" ? "no" : "MISSING", c.Name, c.Detail]).ToList();
        rows.AddRange(Packages.Select(p => (string[])["ok", p.Package, p.Used]));
        rows.Add(["ok", "lathe", $"{EntryPoint.Version} on .NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}"]);
        return TableText.Print(["", "", ""], rows) + string.Concat(checks.Where(c => !c.Found).Select(c => $"{c.Name}{(c.Needed == "" ? "" : $", needed for {c.Needed}")}: {c.Remedy}\n"));
    }

    private static string AsJson(Check[] checks) => JsonText.Print(json =>
    {
        json.WriteString("lathe", EntryPoint.Version);
        json.WriteObjects("checks", checks, check =>
        {
            json.WriteString("name", check.Name);
            json.WriteBoolean("found", check.Found);
            json.WriteString("detail", check.Detail);
            json.WriteString("needed_for", check.Needed);
            json.WriteString("remedy", check.Remedy);
        });
        json.WriteObjects("packages", Packages, package =>
        {
            json.WriteString("name", package.Package);
            json.WriteString("used", package.Used);
        });
    });
}
