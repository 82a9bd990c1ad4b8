using System.Reflection;
using System.Security.Cryptography;
using Lathe.Codegen.Llvm;

namespace Lathe.Cli;

/// <summary>
/// Compiles that were done before, whole, in a folder each, by the hash of all that they follow from: the model's bytes, options, passes, processors, the
/// machine's table, this program, LLVM. What is damaged, or a folder that cannot be used, costs time and nothing else.
/// </summary>
/// <remarks>Beside <see cref="ObjectCache"/>, which keeps the code of kernels that many models share: this one skips import, passes and packing too.</remarks>
internal sealed class CompileCache
{
    /// <summary>What stays: the compiles used last. One that takes more than a quarter of it is not kept.</summary>
    private const long MostBytes = 2L << 30;

    /// <summary>What lies in a folder: other forms have other keys.</summary>
    private const string Form = "compile 1", Manifest = "compile.json";

    private readonly string root, folder, model;

    private CompileCache(string root, string key, string model) => (this.root, folder, this.model) = (root, Path.Combine(root, key), model);

    /// <param name="objects">The user's cache; null: nothing is kept.</param>
    /// <param name="model">Path of the .onnx file.</param>
    /// <param name="decided">All else that the files follow from.</param>
    public static CompileCache? Of(ObjectCache? objects, string model, params IEnumerable<string> decided)
    {
        if (objects is null || !File.Exists(model)) return null;
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Programs().Concat(decided).Prepend(Form).Append(LlvmLibrary.Version).Append(ContentHash.Of(model)))
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(part);
            all.AppendData(BitConverter.GetBytes(bytes.Length));
            all.AppendData(bytes);
        }
        return new(Path.Combine(objects.Folder, "compiles"), Convert.ToHexStringLower(all.GetHashAndReset()), model);
    }

    /// <summary>This program: every part of it, by the identity that its compiler gave it.</summary>
    private static IEnumerable<string> Programs()
    {
        var (seen, left) = (new SortedDictionary<string, string>(StringComparer.Ordinal), new Stack<Assembly>([typeof(CompileCache).Assembly]));
        while (left.TryPop(out var assembly))
        {
            if (!seen.TryAdd(assembly.GetName().Name!, assembly.ManifestModule.ModuleVersionId.ToString())) continue;
            foreach (var other in assembly.GetReferencedAssemblies().Where(a => a.Name!.StartsWith("Lathe.", StringComparison.Ordinal))) left.Push(Assembly.Load(other));
        }
        return seen.Select(p => $"{p.Key} {p.Value}");
    }

    /// <summary>Writes the files of a compile that was kept; null where there is none, or where it is not whole.</summary>
    public KeptCompile? Restore(string output)
    {
        try
        {
            var manifest = Path.Combine(folder, Manifest);
            if (!File.Exists(manifest) || KeptCompile.Read(File.ReadAllBytes(manifest)) is not { } kept) return null;
            if (kept.External.Any(file => Beside(file.Name) is var path && (!File.Exists(path) || ContentHash.Of(path) != file.Hash))) return null;
            Directory.CreateDirectory(output);
            foreach (var file in kept.Files.Concat(kept.Beside)) if (!Copied(file, output)) return null;
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
            return kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException) { return null; }
    }

    /// <summary>One file through its hash into the place beside its own; what is damaged never gets there.</summary>
    private bool Copied(KeptFile kept, string output)
    {
        var from = Path.Combine(folder, kept.Name);
        using var file = new OutputFile(Path.Combine(output, kept.Name));
        if (Copy(from, file.Stream) != kept.Hash) return false;
        file.Stream.Flush();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.Partial, File.GetUnixFileMode(from));
        file.Commit();
        return true;
    }

    /// <summary>Copies a file, read once; gives the SHA-256 of what went by.</summary>
    private static string Copy(string from, Stream to)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = File.OpenRead(from);
        var block = new byte[1 << 20];
        for (int read; (read = source.Read(block)) > 0; to.Write(block, 0, read)) hash.AppendData(block, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Keeps what a compile wrote.</summary>
    /// <param name="files">The artifact's, all in one folder.</param>
    /// <param name="beside">Files about it, in the same.</param>
    /// <param name="external">Files of weights beside the model.</param>
    public void Keep(IEnumerable<string> files, IEnumerable<string> beside, IEnumerable<string> external, KeptReport report)
    {
        var partial = $"{folder}.{Environment.ProcessId}.partial";
        try
        {
            if (files.Concat(beside).Sum(path => new FileInfo(path).Length) > MostBytes / 4) return;
            Directory.CreateDirectory(partial);
            var kept = new KeptCompile([.. files.Select(Kept)], [.. beside.Select(Kept)], [.. external.Select(path => new KeptFile(Path.GetRelativePath(Beside("."), path), ContentHash.Of(path)))], report);
            File.WriteAllBytes(Path.Combine(partial, Manifest), kept.ToBytes());
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            Directory.Move(partial, folder);
            Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        finally
        {
            try { if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }

        KeptFile Kept(string path)
        {
            var place = Path.Combine(partial, Path.GetFileName(path));
            string hash;
            using (var stream = File.Create(place)) hash = Copy(path, stream);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(place, File.GetUnixFileMode(path));
            return new(Path.GetFileName(path), hash);
        }
    }

    private string Beside(string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model)) ?? "", name);

    private void Trim()
    {
        var total = 0L;
        foreach (var old in new DirectoryInfo(root).GetDirectories().OrderByDescending(d => d.LastWriteTimeUtc))
            if ((total += old.EnumerateFiles().Sum(f => f.Length)) > MostBytes) old.Delete(recursive: true);
    }
}
