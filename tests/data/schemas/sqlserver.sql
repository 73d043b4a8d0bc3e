CREATE TABLE [dbo].[xa](
    [ma] [char](5) NOT NULL PRIMARY KEY,
    [ten] [nvarchar](255) NULL
);
GO
CREATE TABLE [dbo].[ho_so](
    [ma_ho_so] [nvarchar](30) NOT NULL,
    [ma_xa] [char](5) NOT NULL,
    [kenh] [nvarchar](20) NULL,
    [le_phi] [decimal](12, 2) NULL,
    [ngay_nop] [date] NULL,
    [so_trang] [int] NULL,
    CONSTRAINT [PK_ho_so] PRIMARY KEY CLUSTERED ([ma_ho_so] ASC)
);
GO
ALTER TABLE [dbo].[ho_so] ADD CONSTRAINT [FK_xa] FOREIGN KEY([ma_xa]) REFERENCES [dbo].[xa] ([ma]);
ALTER TABLE [dbo].[ho_so] ADD CONSTRAINT [CK_kenh] CHECK (([kenh] IN (N'truc tiep', N'truc tuyen')));
ALTER TABLE [dbo].[ho_so] ADD CONSTRAINT [CK_phi] CHECK (([le_phi]>=(0)));
ALTER TABLE [dbo].[ho_so] ADD CONSTRAINT [CK_ngay] CHECK (([ngay_nop]>='2020-01-01'));
ALTER TABLE [dbo].[ho_so] ADD CONSTRAINT [CK_trang] CHECK (([so_trang]>=(1) AND [so_trang]<=(500)));
GO
