global using Buffer = Lathe.Ir.Buffer;
