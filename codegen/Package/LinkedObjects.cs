using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>Objects that a user names to be linked: they must hold the functions that kernels call, and need nothing that is not there.</summary>
internal static class LinkedObjects
{
    /// <param name="kernels">All that are linked.</param>
    /// <param name="paths">The objects.</param>
    /// <param name="system">Whose objects they have to be.</param>
    /// <exception cref="DiagnosticException">LT4005: a function is missing, or a file is no object of the system.</exception>
    public static Seq<string> Checked(IEnumerable<Kernel> kernels, Seq<string> paths, TargetSystem system)
    {
        var called = kernels.Where(k => k.External is not null).ToLookup(k => k.External!.Symbol, k => k.Name, StringComparer.Ordinal);
        var objects = paths.Select(path => Read(path, system)).ToList();
        var defined = objects.SelectMany(o => o.Defined).ToHashSet(StringComparer.Ordinal);
        if (called.FirstOrDefault(c => !defined.Contains(c.Key)) is { } missing)
            throw new DiagnosticException(new Diagnostic("LT4005", $"the function {missing.Key} is in no object that is linked", missing.First(), "--link FILE.o names the object that holds it: gcc -O2 -fPIC -c FILE.c"));
        foreach (var (path, symbols) in paths.Zip(objects))
            if (symbols.Undefined.FirstOrDefault(s => !defined.Contains(s) && !system.Libraries.Any(library => library.Functions.Contains(s))) is { } unknown)
                throw new DiagnosticException(new Diagnostic("LT4005", $"{Path.GetFileName(path)} calls {unknown}, which an artifact cannot: it needs no library but libc and libm, and of those what it has always", "", "call functions of <math.h> and <string.h> only, or link the object that holds it"));
        return [.. paths.Select(Path.GetFullPath)];
    }

    private static ObjectSymbols Read(string path, TargetSystem system)
    {
        if (!File.Exists(path)) throw new DiagnosticException(new Diagnostic("LT4005", $"there is no file {path}", "", "--link names an object: gcc -O2 -fPIC -c FILE.c"));
        try { return system.Symbols(path); }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            throw new DiagnosticException(new Diagnostic("LT4005", $"{Path.GetFileName(path)} is no object of {system.Name}: {e.Message}", "", "name a file that a C compiler for the same system wrote with -c"));
        }
    }
}
