// Reads the text of a page of 480 × 320 pixels: where lines are, which way up, what they say. ocr PAGE.png ALPHABET.txt
using Lathe.Runtime.Images;
using Ocr;

const int LineHeight = 48, DirectionWidth = 192;
var page = ImageFile.Read(File.ReadAllBytes(args[0]), gray: false);
string[] alphabet = ["", .. File.ReadAllLines(args[1]), " "]; // the first is no character

using var detector = new Detector();
using var direction = new Direction();
using var recognizer = new Recognizer();

var text = new float[page.Rows * page.Columns];
detector.Run(Planes(new(0, 0, page.Columns, page.Rows), page.Columns, page.Rows, [0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]), text);
foreach (var box in Box.Find(text, page.Columns, page.Rows))
{
    var upright = new float[2];
    direction.Run(Planes(box, DirectionWidth, LineHeight, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]), upright);
    var width = Math.Max(16, box.Width * LineHeight / box.Height);
    var line = Planes(box, width, LineHeight, [0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);
    if (upright[1] > 0.9f) for (var channel = 0; channel < 3; channel++) line.AsSpan(channel * width * LineHeight, width * LineHeight).Reverse();
    Console.WriteLine(Read(line, width));
}

// The best character of each step, those that repeat the one before and the empty one left out.
string Read(float[] line, int width)
{
    var scores = new float[recognizer.Softmax11Tmp0Length(width)];
    recognizer.Run(width, line, scores);
    var (read, before) = ("", 0);
    foreach (var step in scores.Chunk(alphabet.Length))
    {
        var best = Array.IndexOf(step, step.Max());
        if (best != before) read += alphabet[best];
        before = best;
    }
    return read;
}

// A part of the page in another size, a plane for each channel, between the pixels linear.
float[] Planes(Box box, int width, int height, float[] mean, float[] deviation)
{
    var planes = new float[3 * width * height];
    for (var y = 0; y < height; y++)
    {
        var (row, down) = Place(y, height, box.Height, box.Top, page.Rows);
        for (var x = 0; x < width; x++)
        {
            var (column, right) = Place(x, width, box.Width, box.Left, page.Columns);
            for (var channel = 0; channel < 3; channel++)
            {
                float At(int r, int c) => page.Data[(Math.Min(r, page.Rows - 1) * page.Columns + Math.Min(c, page.Columns - 1)) * 3 + channel];
                var (above, below) = (At(row, column) * (1 - right) + At(row, column + 1) * right, At(row + 1, column) * (1 - right) + At(row + 1, column + 1) * right);
                planes[(channel * height + y) * width + x] = ((above * (1 - down) + below * down) / 255 - mean[channel]) / deviation[channel];
            }
        }
    }
    return planes;

    static (int At, float Part) Place(int at, int count, int size, int begin, int end)
    {
        var place = Math.Clamp((at + 0.5f) * size / count - 0.5f + begin, 0, end - 1);
        return ((int)place, place - (int)place);
    }
}
