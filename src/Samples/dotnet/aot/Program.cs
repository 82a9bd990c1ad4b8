// One file with the model in it: dotnet publish, then ./aot FILE with 28 × 28 grey values for each digit.
using Aot;

using var digits = new Digits();
var scores = new float[Digits.Plus214Output0Length];
foreach (var image in File.ReadAllBytes(args[0]).Chunk(Digits.Input3Length))
{
    digits.Run([.. image.Select(grey => (float)grey)], scores);
    Console.Write($"{Array.IndexOf(scores, scores.Max())} ");
}
Console.WriteLine();
