// Where somebody speaks in a wave file of 16 kHz, one channel, 16 bits: # for each 32 ms with speech, . for each without.
using System.Runtime.InteropServices;
using Vad;

const int Context = 64, Step = 512;
var bytes = File.ReadAllBytes(args[0]);
var samples = MemoryMarshal.Cast<byte, short>(bytes.AsSpan(bytes.AsSpan().IndexOf("data"u8) + 8));

using var voice = new Voice();
var state = new Voice.State(); // what the model remembers of this stream
var (frame, speech) = (new float[Context + Step], new float[1]);
for (var at = 0; at + Step <= samples.Length; at += Step)
{
    frame.AsSpan(Step).CopyTo(frame); // the last samples before
    for (var i = 0; i < Step; i++) frame[Context + i] = samples[at + i] / 32768f;
    voice.Run(state, frame, [16000], speech);
    Console.Write(speech[0] > 0.5 ? '#' : '.');
}
Console.WriteLine();
