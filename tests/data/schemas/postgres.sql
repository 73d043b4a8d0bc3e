-- As pg_dump writes it: keys come after the tables, rows between them.
SET client_encoding = 'UTF8';

CREATE TABLE public.xa (
    ma character(5) NOT NULL,
    ten text
);
COMMENT ON TABLE public.xa IS 'Xã, phường';

CREATE TABLE public.ho_so (
    ma_ho_so character varying(30) NOT NULL,
    ma_xa character(5) NOT NULL,
    kenh text,
    le_phi numeric(12,2) DEFAULT 0,
    ngay_nop date,
    so_trang integer,
    CONSTRAINT kenh_hop_le CHECK (kenh IN ('truc tiep', 'truc tuyen')),
    CONSTRAINT phi_khong_am CHECK (le_phi >= 0),
    CONSTRAINT ngay_nop_tu CHECK (ngay_nop >= DATE '2020-01-01'),
    CONSTRAINT trang CHECK (so_trang > 0 AND so_trang <= 500)
);
COMMENT ON COLUMN public.ho_so.ma_ho_so IS 'Mã hồ sơ';

COPY public.xa (ma, ten) FROM stdin;
00001	Xã "A; (
\.

ALTER TABLE ONLY public.xa ADD CONSTRAINT xa_pkey PRIMARY KEY (ma);
ALTER TABLE ONLY public.ho_so ADD CONSTRAINT ho_so_pkey PRIMARY KEY (ma_ho_so);
ALTER TABLE ONLY public.ho_so ADD CONSTRAINT ho_so_xa_fkey FOREIGN KEY (ma_xa) REFERENCES public.xa(ma);
