namespace Lathe.Runtime.Images;

/// <summary>An image of eight bits a channel.</summary>
/// <param name="Data">Row by row, the channels of a pixel side by side: one for gray, else red, green and blue.</param>
public sealed record Pixels(int Rows, int Columns, byte[] Data)
{
    /// <summary>The same in gray: Rec. 601 luma in steps of 2⁻¹⁶, as Pillow has it, by which ONNX's ImageDecoder is defined.</summary>
    internal Pixels InGray()
    {
        var gray = new byte[Rows * Columns];
        for (var i = 0; i < gray.Length; i++) gray[i] = (byte)((Data[3 * i] * 19595 + Data[3 * i + 1] * 38470 + Data[3 * i + 2] * 7471 + 0x8000) >> 16);
        return this with { Data = gray };
    }
}
