CREATE TABLE xa (
  ma CHAR(5) PRIMARY KEY,
  ten VARCHAR2(255 CHAR)
);
CREATE TABLE ho_so (
  ma_ho_so VARCHAR2(30 CHAR) NOT NULL,
  ma_xa CHAR(5) NOT NULL REFERENCES xa (ma),
  kenh VARCHAR2(20) CHECK (kenh IN ('truc tiep', 'truc tuyen')),
  le_phi NUMBER(12,2) CHECK (le_phi >= 0),
  ngay_nop DATE CHECK (ngay_nop >= DATE '2020-01-01'),
  so_trang NUMBER(4) CHECK (so_trang BETWEEN 1 AND 500),
  CONSTRAINT pk_ho_so PRIMARY KEY (ma_ho_so)
);
COMMENT ON COLUMN ho_so.ma_ho_so IS 'Mã hồ sơ';
