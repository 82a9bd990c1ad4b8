using Lathe.Codegen.Llvm;

namespace Lathe.Codegen.Remote;

/// <summary>What runs programs of another Linux here: qemu-user, with the system's libraries where Debian's cross packages put them.</summary>
public static class Emulator
{
    /// <summary>Whether code for a target runs here as it is.</summary>
    public static bool IsNeeded(CpuTarget target) => target.Architecture != CpuTarget.Host.Architecture;

    /// <summary>Whether there is one for an architecture.</summary>
    public static bool Runs(CpuArchitecture architecture) => LinuxAbi.Find(architecture) is not null;

    /// <summary>How Debian installs it.</summary>
    public static string Packages(CpuArchitecture architecture) => $"apt-get install qemu-user libc6-{LinuxAbi.Of(architecture).Debian}-cross";

    /// <summary>The command that a program's path is put behind.</summary>
    /// <param name="searchPath">Folders, in the form of PATH.</param>
    /// <param name="root">The folder that holds the folders of the systems.</param>
    /// <exception cref="ToolMissingException">It is not here.</exception>
    public static IReadOnlyList<string> Find(CpuArchitecture architecture, string searchPath, string root = "/usr")
    {
        var abi = LinuxAbi.Of(architecture);
        var packages = Packages(architecture);
        string[] names = [$"qemu-{architecture.Name}", $"qemu-{architecture.Name}-static"];
        var tool = names.SelectMany(name => searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new ToolMissingException($"run: code for {architecture.Name} runs in an emulator here, and none is found (looked for {string.Join(", ", names)} on the search path); install it with `{packages}`, or name the command with --runner");
        var system = Path.Combine(root, $"{architecture.Name}-linux-gnu");
        if (Environment.GetEnvironmentVariable("QEMU_LD_PREFIX") is { Length: > 0 }) return [tool];
        return File.Exists(Path.Join(system, abi.Loader)) ? [tool, "-L", system]
            : throw new ToolMissingException($"run: {Path.GetFileName(tool)} is here, the libraries of {architecture.Name} are not (looked for {abi.Loader} in {system}); install them with `{packages}`, or name the command with --runner");
    }
}
