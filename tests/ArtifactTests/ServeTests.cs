using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Lathe.ArtifactTests;

/// <summary>lathe serve: commands of builds one after another in one process, as src/Build/ServedCommand.cs sends them.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly Process server;

    public ServeTests()
    {
        server = Start();
        for (var watch = Stopwatch.StartNew(); !File.Exists(scratch["socket"]) && watch.Elapsed < TimeSpan.FromSeconds(30);) Thread.Sleep(20);
    }

    public void Dispose()
    {
        server.Kill();
        server.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public void Commands_follow_one_another_and_what_is_wrong_with_one_leaves_the_next_alone()
    {
        var model = CProgram.Repository("tests", "models", "opt_mnist");
        // A relative path is from the client's folder, whatever the server's.
        Assert.Equal((0, ""), Run(scratch.Folder, "wrapper", model, "-o", "Digits.g.cs", "--class", "Digits"));
        Assert.Contains("class Digits", File.ReadAllText(scratch["Digits.g.cs"]), StringComparison.Ordinal);
        var (code, lines) = Run(scratch.Folder, "wrapper", "none.onnx", "-o", "None.g.cs", "--diagnostics=msbuild");
        Assert.Equal(1, code);
        Assert.StartsWith("lathe : error LT1001: ", lines, StringComparison.Ordinal);
        Assert.Equal(2, Run(scratch.Folder, "no-such-verb").Code);
        // The same bytes as of a process of its own.
        Assert.Equal((0, ""), Run(scratch.Folder, "compile", model, "-o", "served", "--name", "digits", "-q"));
        Tool.Run(Lathe, "compile", model, "-o", scratch["alone"], "--name", "digits", "-q");
        Assert.Equal(File.ReadAllBytes(scratch["alone/libdigits.so"]), File.ReadAllBytes(scratch["served/libdigits.so"]));
        // A client that goes away takes its command with it, not the server.
        using (Asked(scratch.Folder, "compile", model, "-o", "left", "-q")) { }
        // What a plugin brings would stay for the next command: the client is left to do without a server.
        Assert.Throws<EndOfStreamException>(() => Run(scratch.Folder, "passes", "--plugin", "any.dll"));
        Assert.Equal((0, ""), Run(scratch.Folder, "wrapper", model, "-o", "Again.g.cs"));
    }

    [Fact]
    public void One_server_serves_at_a_socket_and_ends_when_nobody_asks()
    {
        using var second = Start();
        Assert.True(second.WaitForExit(30_000));
        Assert.Equal(0, second.ExitCode);
        Assert.Equal(2, Run(scratch.Folder, "no-such-verb").Code);
        using var brief = Start("brief", idle: 1);
        Assert.True(brief.WaitForExit(30_000));
        Assert.False(File.Exists(scratch["brief"]));
    }

    private static string Lathe => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Lathe.Cli", "release", "lathe"));

    private Process Start(string socket = "socket", int idle = 60) =>
        Process.Start(new ProcessStartInfo(Lathe, ["serve", "--socket", scratch[socket], "--idle", $"{idle}"]) { RedirectStandardError = true })!;

    private NetworkStream Asked(string folder, params string[] words)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(scratch["socket"]));
        var stream = new NetworkStream(socket, ownsSocket: true);
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(folder);
        writer.Write(words.Length);
        foreach (var word in words) writer.Write(word);
        writer.Flush();
        return stream;
    }

    private (int Code, string Lines) Run(string folder, params string[] words)
    {
        using var reader = new BinaryReader(Asked(folder, words), Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadByte() != 3) lines.Add(reader.ReadString());
        return (reader.ReadInt32(), string.Join('\n', lines));
    }
}
