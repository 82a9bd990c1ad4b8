// Goes on with a text, character after character, what was computed of those before kept in caches: text "ROMEO:" 200
using Text;

const string Characters = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const int Caches = 8, Heads = 4, Width = 32;

using var model = new Shakespeare();
var (past, cache, next) = (0, new float[Caches][], new float[Caches][]);
Array.Fill(cache, []);
var logits = Array.Empty<float>();

var text = args[0];
Step([.. text.Select(c => (long)Characters.IndexOf(c))]);
for (var count = int.Parse(args[1]); count > 0; count--)
{
    var last = logits[^Characters.Length..]; // of the last character
    var best = Array.IndexOf(last, last.Max());
    text += Characters[best];
    Step([best]);
}
Console.WriteLine(text);

void Step(long[] ids)
{
    var length = past + ids.Length;
    for (var i = 0; i < Caches; i++) next[i] = new float[Heads * length * Width];
    logits = new float[ids.Length * Characters.Length];
    model.Run(ids.Length, past, ids, cache[0], cache[1], cache[2], cache[3], cache[4], cache[5], cache[6], cache[7], logits, next[0], next[1], next[2], next[3], next[4], next[5], next[6], next[7]);
    (past, cache, next) = (length, next, cache);
}
