using System.Security.Cryptography;
using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>
/// Objects that LLVM has made before, in a folder, by the hash of all that they follow from: text, name, processor, passes, LLVM's version. A file that is
/// damaged, or a folder that cannot be used, costs time and nothing else.
/// </summary>
/// <param name="folder">Made if it is not there.</param>
/// <param name="mostBytes">What stays after <see cref="Trim"/>: those used last.</param>
public sealed class ObjectCache(string folder, long mostBytes = 512L << 20)
{
    /// <summary>The environment's variable that names the folder, or says <c>off</c>.</summary>
    public const string Variable = "LATHE_CACHE";

    private const string Ending = ".o";

    /// <summary>What lies in a file: other forms have other keys.</summary>
    private const string Form = "frames, object 2";

    public string Folder => folder;

    private int made;

    /// <summary>The cache of this user: where <see cref="Variable"/> says, or <c>lathe/objects</c> in the folder for caches (XDG Base Directory); null where it is off or there is none.</summary>
    public static ObjectCache? OfUser()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } said) return said == "off" ? null : new(said);
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { } caches && Path.IsPathFullyQualified(caches)) return new(Path.Combine(caches, "lathe", "objects"));
        return Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? new(Path.Combine(home, ".cache", "lathe", "objects")) : null;
    }

    /// <summary>The object of a text: as it was made before, else as the assembler makes it now.</summary>
    /// <exception cref="LlvmException">The text is faulty.</exception>
    public byte[] ToObject(Assembler assembler, string ir, string name) => Compile(assembler, ir, name).Bytes;

    /// <summary>The same, and what its functions take of the stack.</summary>
    /// <exception cref="LlvmException">The text is faulty.</exception>
    public ObjectCode Compile(Assembler assembler, string ir, string name)
    {
        var path = Path.Combine(folder, Key(assembler, ir, name) + Ending);
        if (Read(path) is { } known) return ObjectCode.Of(known);
        var code = assembler.Compile(ir, name);
        Write(path, code.ToArray());
        return code;
    }

    /// <summary>Removes what was used longest ago, if anything was added and the folder has grown too large.</summary>
    public void Trim()
    {
        if (Volatile.Read(ref made) == 0) return;
        try
        {
            var files = new DirectoryInfo(folder).GetFiles('*' + Ending).OrderByDescending(f => f.LastWriteTimeUtc).ToList();
            var kept = 0L;
            foreach (var file in files)
                if ((kept += file.Length) > mostBytes) file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    private static string Key(Assembler assembler, string ir, string name)
    {
        var target = assembler.Target;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (string[])[Form, LlvmLibrary.Version, target.Triple, target.Cpu, target.Features, assembler.Pipeline, name, ir])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            sha.AppendData(BitConverter.GetBytes(bytes.Length));
            sha.AppendData(bytes);
        }
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>The contents behind their own hash; null where there are none or they are not what was written.</summary>
    private static byte[]? Read(string path)
    {
        try
        {
            if (!File.Exists(path)) return null;
            var bytes = File.ReadAllBytes(path);
            if (bytes.Length < SHA256.HashSizeInBytes || !SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes))) return null;
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return bytes[SHA256.HashSizeInBytes..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    private void Write(string path, byte[] obj)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var file = new OutputFile(path);
            file.Stream.Write(SHA256.HashData(obj));
            file.Stream.Write(obj);
            file.Commit();
            Interlocked.Increment(ref made);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
