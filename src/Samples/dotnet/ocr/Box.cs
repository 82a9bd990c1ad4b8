namespace Ocr;

/// <summary>Where a line of text is.</summary>
internal readonly record struct Box(int Left, int Top, int Width, int Height)
{
    private const float Threshold = 0.3f;
    private const int LeastPixels = 20;

    /// <summary>The boxes around what hangs together in a map of probabilities, from the top down, grown by what the map leaves off a line's edge.</summary>
    public static List<Box> Find(float[] map, int width, int height)
    {
        var (seen, boxes, waiting) = (new bool[map.Length], new List<Box>(), new Stack<int>());
        for (var start = 0; start < map.Length; start++)
        {
            if (seen[start] || map[start] < Threshold) continue;
            var (left, top, right, bottom, pixels) = (width, height, 0, 0, 0);
            waiting.Push(start);
            seen[start] = true;
            while (waiting.TryPop(out var at))
            {
                var (x, y) = (at % width, at / width);
                (left, top, right, bottom, pixels) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y), pixels + 1);
                foreach (var next in new[] { x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width < map.Length ? at + width : -1 })
                {
                    if (next < 0 || seen[next] || map[next] < Threshold) continue;
                    seen[next] = true;
                    waiting.Push(next);
                }
            }
            if (pixels < LeastPixels) continue;
            var (across, down) = (right - left + 1, bottom - top + 1);
            var edge = across * down * 3 / (4 * (across + down)); // 1.5 × area / perimeter
            (left, top, right, bottom) = (Math.Max(0, left - edge), Math.Max(0, top - edge), Math.Min(width - 1, right + edge), Math.Min(height - 1, bottom + edge));
            boxes.Add(new(left, top, right - left + 1, bottom - top + 1));
        }
        return [.. boxes.OrderBy(box => box.Top)];
    }
}
