using Lathe.Cli;
using Lathe.Runtime;

namespace Lathe.ArtifactTests;

/// <summary>Lathe.Runtime's CompiledModel: spans in and out from any threads, without a byte of the managed heap.</summary>
public sealed unsafe class CompiledModelTests(CompiledModelTests.Libraries libraries) : IClassFixture<CompiledModelTests.Libraries>
{
    /// <summary>A small model of numbers, and one with an open dimension, compiled once.</summary>
    public sealed class Libraries : IDisposable
    {
        private readonly ScratchFolder scratch = new();

        public Libraries()
        {
            Compile("opt_mnist", "digits");
            Compile("hand_keypoint_cls", "gestures");
        }

        public string Digits => scratch["libdigits.so"];
        public string Gestures => scratch["libgestures.so"];

        public void Dispose() => scratch.Dispose();

        private void Compile(string model, string name)
        {
            using var errors = new StringWriter();
            Assert.True(CommandLine.Run(["compile", CProgram.Repository("tests", "models", model), "-o", scratch.Folder, "--name", name, "-q"], new Session(TextWriter.Null, errors)) == ExitCode.Done, errors.ToString());
        }
    }

    private const int Points = 42;

    [Fact]
    public void Threads_share_a_model_and_get_the_same_bits_without_an_allocation()
    {
        using var model = CompiledModel.Open(libraries.Digits);
        var image = Image(7);
        var expected = new float[10];
        Run(model, [], image, expected, default);
        Together(threads: 8, runs: 200, () =>
        {
            Span<float> scores = stackalloc float[10];
            Run(model, [], image, scores, default);
            Assert.True(scores.SequenceEqual(expected));
        });
    }

    [LongFact]
    public void Sixty_four_threads_of_ten_thousand_runs_get_the_same_bits_without_an_allocation()
    {
        using var model = CompiledModel.Open(libraries.Gestures);
        var points = Enumerable.Range(0, Points).Select(i => MathF.Sin(i)).ToArray();
        var expected = new long[1];
        RunGestures(model, 1, points, expected);
        Together(threads: 64, runs: 10_000, () =>
        {
            Span<long> ids = stackalloc long[1];
            RunGestures(model, 1, points, ids);
            Assert.True(ids[0] == expected[0]);
        });
    }

    [Fact]
    public void An_open_dimension_is_given_with_the_run()
    {
        using var model = CompiledModel.Open(libraries.Gestures);
        Assert.Equal("batch", Assert.Single(model.Dimensions));
        var (points, ids, one) = (Enumerable.Range(0, 5 * Points).Select(i => MathF.Cos(i)).ToArray(), new long[5], new long[1]);
        RunGestures(model, 5, points, ids);
        Assert.Equal(5, model.OutputLength(0, 5));
        Assert.Equal([5, Points], model.InputShape(0, 5));
        for (var i = 0; i < 5; i++)
        {
            RunGestures(model, 1, points.AsSpan(i * Points, Points), one);
            Assert.Equal(ids[i], one[0]);
        }
    }

    [Fact]
    public void What_does_not_fit_is_a_code_and_names_the_tensor()
    {
        using var model = CompiledModel.Open(libraries.Digits);
        var error = Assert.Throws<ArtifactException>(() => Run(model, [], new float[783], new float[10], default));
        Assert.Equal(2000, error.Code);
        Assert.Equal("digits: input 'Input3' is f32[1, 1, 28, 28] of 3136 bytes, 3132 are given", error.Message);
        error = Assert.Throws<ArtifactException>(() => Run(model, [], new float[784], new float[9], default));
        Assert.Equal(6000, error.Code);
        using var small = new Workspace(64);
        Assert.Equal(2, Assert.Throws<ArtifactException>(() => Run(model, [], new float[784], new float[10], small)).Code);
        using var gestures = CompiledModel.Open(libraries.Gestures);
        Assert.Throws<ArgumentException>(() => Run(gestures, [], new float[Points], new float[2], default));
    }

    [Fact]
    public void A_class_of_another_model_is_refused()
    {
        var error = Assert.Throws<ArtifactException>(() => CompiledModel.Open(libraries.Digits, signature: "(Input3: f32[1, 3, 28, 28]) -> (Plus214_Output_0: f32[1, 10])"));
        Assert.Contains("build the project again", error.Message, StringComparison.Ordinal);
        CompiledModel.Open(libraries.Digits, signature: "(Input3: f32[?, 1, 28, 28]) -> (Plus214_Output_0: f32[1, ?])").Dispose();
    }

    [Fact]
    public void A_library_opens_where_who_signed_it_is_trusted()
    {
        using var scratch = new ScratchFolder();
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var stranger = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        var (library, trusted) = (scratch["libdigits.so"], key.ExportSubjectPublicKeyInfoPem());
        File.Copy(libraries.Digits, library);
        Assert.Contains("is not signed", Assert.Throws<ArtifactException>(() => ArtifactSignature.Verified(library, trusted)).Message, StringComparison.Ordinal);
        File.WriteAllText(ArtifactSignature.FileOf(library), ArtifactSignature.Of([library], key.ExportPkcs8PrivateKeyPem()));
        using (var model = CompiledModel.Open(ArtifactSignature.Verified(library, trusted))) Assert.Equal("digits", model.Contract.Name);
        Assert.Contains("another key", Assert.Throws<ArtifactException>(() => ArtifactSignature.Verified(library, stranger.ExportSubjectPublicKeyInfoPem())).Message, StringComparison.Ordinal);
        File.AppendAllText(library, "x");
        Assert.Equal("libdigits.so is not as it was signed", Assert.Throws<ArtifactException>(() => ArtifactSignature.Verified(library, trusted)).Message);
        // A file of weights that came later is not among what was signed.
        File.Copy(libraries.Digits, library, overwrite: true);
        File.WriteAllText(scratch["digits.weights"], "");
        Assert.Contains("digits.weights is not among", Assert.Throws<ArtifactException>(() => ArtifactSignature.Verified(library, trusted)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_caller_brings_workspace_threads_and_a_token()
    {
        using var model = CompiledModel.Open(libraries.Digits);
        using var workspace = new Workspace(model.WorkspaceBytes());
        using var host = new Host(threads: 2);
        using var source = new CancellationTokenSource();
        var (image, plain, scores) = (Image(3), new float[10], new float[10]);
        Run(model, [], image, plain, default);
        foreach (var options in new Lathe.Runtime.RunOptions[] { workspace, host, source.Token, new(host, workspace, source.Token) })
        {
            scores.AsSpan().Clear();
            Run(model, [], image, scores, options);
            Assert.Equal(plain, scores);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Run(model, [], image, scores, new(host, workspace, source.Token));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        source.Cancel();
        Assert.Equal(source.Token, Assert.Throws<OperationCanceledException>(() => Run(model, [], image, scores, source.Token)).CancellationToken);
        Run(model, [], image, scores, default);
        Assert.Equal(plain, scores);
    }

    [Fact]
    public void Opening_and_closing_leaves_nothing() => Reopen(100);

    [LongFact]
    public void Opening_and_closing_a_thousand_times_leaves_nothing() => Reopen(1000);

    private void Reopen(int times)
    {
        var (image, scores) = (Image(1), new float[10]);
        void Once()
        {
            using var model = CompiledModel.Open(libraries.Digits);
            Run(model, [], image, scores, default);
        }
        for (var i = 0; i < 50; i++) Once();
        var (files, memory) = (Files(), Memory());
        for (var i = 0; i < times; i++) Once();
        Assert.True(Files() <= files, $"{Files() - files} files stay open");
        // A library that stayed, or its workspace, would be 30 KiB and more each time.
        Assert.True(Memory() - memory < 8L << 20, $"{(Memory() - memory) >> 10} KiB more after {times} times");

        static int Files() => Directory.GetFileSystemEntries("/proc/self/fd").Length + File.ReadLines("/proc/self/maps").Count(line => line.EndsWith("libdigits.so", StringComparison.Ordinal));
        static long Memory()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return File.ReadLines("/proc/self/status").Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) << 10).Single();
        }
    }

    private static void Together(int threads, int runs, Action run)
    {
        run();
        var (allocated, failure) = (0L, (Exception?)null);
        using var start = new Barrier(threads);
        var all = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                run(); // what a thread allocates for itself is behind it
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < runs; i++) run();
                Interlocked.Add(ref allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            catch (Exception e) { failure = e; }
        })).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());
        Assert.Null(failure);
        Assert.Equal(0, allocated);
    }

    private static void Run(CompiledModel model, ReadOnlySpan<long> dimensions, ReadOnlySpan<float> image, Span<float> scores, Lathe.Runtime.RunOptions options)
    {
        fixed (float* x = image)
        fixed (float* y = scores)
            model.Run(dimensions, [new(x, (ulong)image.Length * sizeof(float))], [new(y, (ulong)scores.Length * sizeof(float))], default, options);
    }

    private static void RunGestures(CompiledModel model, long batch, ReadOnlySpan<float> points, Span<long> ids)
    {
        fixed (float* x = points)
        fixed (long* y = ids)
            model.Run([batch], [new(x, (ulong)points.Length * sizeof(float))], [new(y, (ulong)ids.Length * sizeof(long))], default);
    }

    private static float[] Image(int digit) => [.. File.ReadAllBytes(CProgram.Repository("tests", "models", "opt_mnist", "digits", "digits.bytes")).Skip(digit * 784).Take(784).Select(grey => (float)grey)];
}
