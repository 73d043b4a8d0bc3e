CREATE TABLE `xa` (
  `ma` char(5) NOT NULL,
  `ten` varchar(255) DEFAULT NULL COMMENT 'Tên',
  PRIMARY KEY (`ma`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='Xã, phường';

CREATE TABLE `ho_so` (
  `ma_ho_so` varchar(30) NOT NULL COMMENT 'Mã hồ sơ',
  `ma_xa` char(5) NOT NULL,
  `kenh` enum('truc tiep','truc tuyen') DEFAULT NULL,
  `le_phi` decimal(12,2) DEFAULT '0.00' CHECK (`le_phi` >= 0),
  `ngay_nop` date DEFAULT NULL,
  `so_trang` int(11) DEFAULT NULL,
  PRIMARY KEY (`ma_ho_so`),
  KEY `ma_xa` (`ma_xa`),
  CONSTRAINT `ho_so_xa` FOREIGN KEY (`ma_xa`) REFERENCES `xa` (`ma`),
  CONSTRAINT `ngay` CHECK (`ngay_nop` >= '2020-01-01'),
  CONSTRAINT `trang` CHECK (`so_trang` between 1 and 500)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
