using Lathe.Codegen.Llvm;

namespace Lathe.UnitTests.Llvm;

public sealed class ObjectCacheTests : IDisposable
{
    private const string Text = "define i32 @f() {\n  ret i32 7\n}\n";
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    private static Assembler Assembler(string cpu = "x86-64-v3") => new(CpuTarget.Parse(cpu));

    [Fact]
    public void An_object_is_read_where_it_was_made_before()
    {
        var cache = new ObjectCache(scratch["cache"]);
        var made = cache.ToObject(Assembler(), Text, "f");
        Assert.Equal(Assembler().ToObject(Text, "f"), made);
        var file = Assert.Single(Directory.GetFiles(scratch["cache"]));
        // Other contents under the same key, whole: proof that they are read.
        var other = new ObjectCode([1, 2, 3], [new("g", 8, 64, 128, ["h", "llvm.é"])]);
        File.WriteAllBytes(file, [.. System.Security.Cryptography.SHA256.HashData(other.ToArray()), .. other.ToArray()]);
        var read = cache.Compile(Assembler(), Text, "f");
        Assert.Equal(other.Bytes, read.Bytes);
        Assert.Equal(other.Frames, read.Frames);
    }

    [Fact]
    public void What_the_object_follows_from_is_the_key()
    {
        var cache = new ObjectCache(scratch["cache"]);
        cache.ToObject(Assembler(), Text, "f");
        cache.ToObject(Assembler("x86-64-v2"), Text, "f");
        cache.ToObject(Assembler(), Text, "g");
        cache.ToObject(Assembler(), Text.Replace('7', '8'), "f");
        cache.ToObject(new(CpuTarget.Parse("x86-64-v3"), "default<O1>"), Text, "f");
        Assert.Equal(5, Directory.GetFiles(scratch["cache"]).Length);
    }

    [Fact]
    public void A_damaged_file_is_made_again()
    {
        var cache = new ObjectCache(scratch["cache"]);
        var made = cache.ToObject(Assembler(), Text, "f");
        var file = Directory.GetFiles(scratch["cache"]).Single();
        var whole = File.ReadAllBytes(file);
        foreach (var damaged in (byte[][])[[], whole[..^1], [.. whole[..^1], (byte)(whole[^1] ^ 1)]])
        {
            File.WriteAllBytes(file, damaged);
            Assert.Equal(made, cache.ToObject(Assembler(), Text, "f"));
            Assert.Equal(whole, File.ReadAllBytes(file));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_is_done_without()
    {
        File.WriteAllText(scratch["file"], "");
        var cache = new ObjectCache(Path.Combine(scratch["file"], "cache"));
        Assert.Equal(Assembler().ToObject(Text, "f"), cache.ToObject(Assembler(), Text, "f"));
        cache.Trim();
    }

    [Fact]
    public void What_was_used_longest_ago_goes_first()
    {
        var size = Assembler().ToObject(Text, "a").Length + 32;
        var cache = new ObjectCache(scratch["cache"], 2 * size + size / 2);
        foreach (var name in (string[])["a", "b", "c"])
        {
            cache.ToObject(Assembler(), Text, name);
            foreach (var file in Directory.GetFiles(scratch["cache"])) File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddMinutes(-1));
        }
        cache.ToObject(Assembler(), Text, "a"); // used again
        cache.Trim();
        var before = Directory.GetFiles(scratch["cache"]).Length;
        Assert.Equal(2, before);
        cache.ToObject(Assembler(), Text, "a");
        Assert.Equal(2, Directory.GetFiles(scratch["cache"]).Length); // it was kept
        cache.ToObject(Assembler(), Text, "b");
        Assert.Equal(3, Directory.GetFiles(scratch["cache"]).Length); // it was not
    }
}
