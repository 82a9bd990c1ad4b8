using System.Reflection;
using System.Runtime.Loader;
using ILGPU;
using ILGPU.Algorithms;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lathe.Codegen.Gpu;

/// <summary>Compiles C# in memory and loads it, so that it goes when nothing refers to it.</summary>
internal static class SourceCompiler
{
    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(file => Path.GetFileName(file) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "netstandard.dll" or "System.Collections.Immutable.dll" or "System.Memory.dll")
            .Append(typeof(Context).Assembly.Location).Append(typeof(XMath).Assembly.Location).Distinct(StringComparer.Ordinal).Select(file => MetadataReference.CreateFromFile(file)),
    ]);

    /// <exception cref="InvalidOperationException">The text is no C#: a bug of what wrote it.</exception>
    public static Assembly Compile(params IEnumerable<string> texts)
    {
        var trees = texts.Select(text => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.CSharp10)));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: Microsoft.CodeAnalysis.OptimizationLevel.Release, deterministic: true);
        using var stream = new MemoryStream();
        var result = CSharpCompilation.Create("Lathe.GpuKernels", trees, References.Value, options).Emit(stream);
        if (!result.Success)
        {
            var errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5);
            throw new InvalidOperationException($"the C# of GPU kernels does not compile:\n  {string.Join("\n  ", errors.Select(e => $"{e.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}: {Line(e)}"))}");
        }
        stream.Position = 0;
        return new AssemblyLoadContext("GPU kernels", isCollectible: false).LoadFromStream(stream);
    }

    private static string Line(Microsoft.CodeAnalysis.Diagnostic error) => error.Location.SourceTree?.GetText().Lines[error.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim() ?? "";
}
