using System.Reflection;

namespace Lathe.Cli;

/// <summary>The tool: <c>lathe VERB …</c>.</summary>
public static class EntryPoint
{
    /// <summary>As <c>lathe --version</c> prints it.</summary>
    public static string Version { get; } = typeof(EntryPoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    internal static int Main(string[] arguments)
    {
        // Asked by build systems at every configuration: answered before anything else is loaded.
        if (arguments is ["--version"])
        {
            Console.Out.WriteLine(Version);
            return 0;
        }
        using var interruption = new Interruption();
        var session = new Session(Console.Out, Console.Error, !Console.IsErrorRedirected, interruption.Token) { Compiles = Codegen.Llvm.ObjectCache.OfUser() };
        interruption.Ended = () => session.Report(Failure.Interrupted);
        return (int)CommandLine.Run(arguments, session);
    }
}
