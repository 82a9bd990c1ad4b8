using System.Buffers.Binary;

namespace Lathe.Cli;

/// <summary>A recording of one channel cut into frames of new samples behind some of the frame before, zeros before the first; -1 to 1.</summary>
internal sealed class WaveItems : ItemFormat
{
    public override string Name => "a recording (.wav of 16 bits, one channel)";
    public override bool Opens(string path) => File.Exists(path) && Path.GetExtension(path) == ".wav";

    public override Items Open(string path, Value wanted, ItemOptions options)
    {
        if (options.Window < 1 || options.Context < 0) throw new UsageException($"--data {path}: sound needs --window N");
        var samples = Samples(path);
        return new(samples.Length / options.Window, i =>
        {
            var frame = new float[options.Context + options.Window];
            for (var j = 0; j < frame.Length; j++)
                if (i * (long)options.Window + j - options.Context is >= 0 and var at) frame[j] = samples[at] / 32768f;
            return ItemTensor.Fit(Tensor.Of([frame.Length], frame), wanted, null);
        });
    }

    /// <summary>RIFF: chunks of a name, a size and contents; <c>fmt </c> says what <c>data</c> holds.</summary>
    private static short[] Samples(string path)
    {
        var file = File.ReadAllBytes(path);
        var isKnown = false;
        if (file.Length >= 12 && file.AsSpan().StartsWith("RIFF"u8) && file.AsSpan(8).StartsWith("WAVE"u8))
            for (var at = 12L; at + 8 <= file.Length;)
            {
                var name = file.AsSpan((int)at, 4);
                var size = (long)BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan((int)at + 4));
                var contents = file.AsSpan((int)at + 8, (int)Math.Min(size, file.Length - at - 8));
                if (name.SequenceEqual("fmt "u8) && contents.Length >= 16)
                    isKnown = contents[0] == 1 && contents[2] == 1 && contents[14] == 16;
                if (name.SequenceEqual("data"u8) && isKnown)
                {
                    var samples = new short[contents.Length / 2];
                    for (var i = 0; i < samples.Length; i++) samples[i] = BinaryPrimitives.ReadInt16LittleEndian(contents[(2 * i)..]);
                    return samples;
                }
                at += 8 + size + size % 2;
            }
        throw new DiagnosticException(new Diagnostic("LT5309", "this is no recording of one channel in 16-bit PCM", path));
    }
}
